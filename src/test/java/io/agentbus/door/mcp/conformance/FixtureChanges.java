package io.agentbus.door.mcp.conformance;

import static io.agentbus.door.mcp.conformance.FixtureTool.of;
import static io.agentbus.door.mcp.conformance.FixtureTool.text;

import io.agentbus.door.mcp.content.Follower;
import io.agentbus.door.mcp.content.Notice;
import io.agentbus.door.mcp.content.Wish;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Lists that change when a tool says so. */
final class FixtureChanges {
  private final AtomicInteger tools = new AtomicInteger();
  private final AtomicInteger prompts = new AtomicInteger();
  private final List<Runnable> hearers = new CopyOnWriteArrayList<>();

  List<FixtureTool> tools() {
    return List.of(trigger("test_trigger_tool_change", tools), trigger("test_trigger_prompt_change", prompts));
  }

  private FixtureTool trigger(String name, AtomicInteger version) {
    return of(name, "Changes a list.", (work, arguments) -> {
      version.incrementAndGet();
      hearers.forEach(Runnable::run);
      return text("Changed.");
    });
  }

  Follower follow(Wish wish, Runnable wake) {
    hearers.add(wake);
    return new Follower() {
      private int seenTools = tools.get();
      private int seenPrompts = prompts.get();

      @Override
      public Wish agreed() {
        return wish;
      }

      @Override
      public List<Notice> next() {
        var notices = new ArrayList<Notice>();
        if (seenTools != (seenTools = tools.get()) && wish.toolsChange()) {
          notices.add(new Notice.ListChanged("tools"));
        }
        if (seenPrompts != (seenPrompts = prompts.get()) && wish.promptsChange()) {
          notices.add(new Notice.ListChanged("prompts"));
        }
        return notices;
      }

      @Override
      public void close() {
        hearers.remove(wake);
      }
    };
  }
}
