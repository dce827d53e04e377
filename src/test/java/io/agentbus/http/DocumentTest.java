package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DocumentTest {
  @Test
  void a_document_is_made_once_however_many_ask_for_it_at_first() throws Exception {
    var made = new AtomicInteger();
    var all = new CountDownLatch(1);
    var document = new Document("/doc", "text/plain", () -> {
      made.incrementAndGet();
      try {
        all.await();
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
      return "text".getBytes();
    });
    var clients = new ArrayList<RawClient>();
    try (var node = new TestServer(document)) {
      for (var one = 0; one < 20; one++) {
        clients.add(node.connect().send(node.head("GET /doc")));
      }
      await().until(() -> node.server.requestsInProgress() == 20);
      all.countDown();
      for (var client : clients) {
        assertThat(client.read().body()).isEqualTo("text");
        client.close();
      }
      assertThat(made).hasValue(1);
      try (var client = node.connect()) {
        var head = client.send(node.head("HEAD /doc")).readHead();
        assertThat(head.headers()).containsEntry("content-length", "4");
        var etag = head.headers().get("etag");
        assertThat(client.send(node.head("GET /doc", "If-None-Match: " + etag)).read().status()).isEqualTo(304);
        for (var method : new String[] {"POST", "OPTIONS", "DELETE"}) {
          var refused = client.send(node.head(method + " /doc", "Content-Length: 0")).read();
          assertThat(refused.status()).isEqualTo(405);
          assertThat(refused.headers()).containsEntry("allow", "GET, HEAD");
        }
      }
    }
  }
}
