package io.agentbus.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A bus whose agents send messages, most of them to one that is named boss. JSON is written with single quotes. */
final class InboxRoom implements AutoCloseable {
  final TestBus bus;
  private final PgDatabase database;

  InboxRoom(PgDatabase database) {
    this.database = database;
    bus = TestBus.open(database);
  }

  @Override
  public void close() {
    bus.close();
  }

  List<Delivered> deliver(NewMessage... messages) {
    return bus.await(() -> bus.bus().inbox().inbox().deliver(bus.bus().database(), List.of(messages)));
  }

  NewMessage message(String home, String target, String title, @Nullable String key) {
    return new NewMessage(Ids.next(), new NamespacePath(home), target, title, "{}", 5, null, null, null, key, null, "subscription:s", "bus");
  }

  List<String> pages(Caller reader, String more) {
    var found = new ArrayList<String>();
    var cursor = "";
    do {
      var page = inbox(reader, "'limit': 2" + more + cursor);
      found.addAll(arrivals(page));
      cursor = page.get("next").isNull() ? "" : ", 'cursor': " + page.get("next");
    } while (!cursor.isEmpty());
    return found;
  }

  static List<String> arrivals(JsonNode page) {
    return page.get("items").findValuesAsText("arrival");
  }

  JsonNode tell(Caller sender, String fields) {
    return call(sender, "notify", "{'target_agent': 'boss', " + fields + "}");
  }

  JsonNode inbox(Caller reader, String fields) {
    return call(reader, "inbox", "{" + fields + "}");
  }

  JsonNode only(Caller reader) {
    var items = inbox(reader, "").get("items");
    assertThat(items).hasSize(1);
    return items.get(0);
  }

  JsonNode ack(Caller reader, JsonNode message, String more) {
    return call(reader, "ack_message", "{'message_id': " + message.get("id") + more + "}");
  }

  static String ref(JsonNode message) {
    return "{'message_id': " + message.get("id") + "}";
  }

  String unacked(String home, String agent) {
    return truth("SELECT b.unacked FROM message_boxes b JOIN agents a USING (agent_no) JOIN namespaces n ON n.id = a.namespace_id"
        + " WHERE n.path || '/' || a.name = ?", home + "/" + agent);
  }

  String truth(String query, String parameter) {
    return new Truth(database.url()).one(query, parameter);
  }

  JsonNode call(Caller caller, String operation, String input) {
    return bus.call(caller, operation, input.replace('\'', '"'));
  }

  JsonNode call(Caller caller, String operation, String input, String key) {
    return bus.call(caller, operation, input.replace('\'', '"'), key);
  }

  @Nullable ProblemCode code(Caller caller, String operation, String input) {
    return bus.code(caller, operation, input.replace('\'', '"'));
  }

  static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
