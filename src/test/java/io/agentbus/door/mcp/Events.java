package io.agentbus.door.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** A stream of events, read by one thread while it goes on. */
final class Events implements AutoCloseable {
  private final int status;
  private final BufferedReader lines;
  private String id = "";

  Events(int status, InputStream body) {
    this.status = status;
    this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  int status() {
    return status;
  }

  /** Id of the event that was read last. */
  String id() {
    return id;
  }

  /** Waits for the next message; null when the stream has ended. */
  JsonNode next() throws IOException {
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("id:")) {
        id = line.substring(3).strip();
      } else if (line.startsWith("data:") && !line.substring(5).isBlank()) {
        return Answered.tree(line.substring(5));
      }
    }
    return null;
  }

  /** Waits for an event without data, which only has an id. */
  String primed() throws IOException {
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("id:")) {
        id = line.substring(3).strip();
      } else if (line.startsWith("data:")) {
        return line.substring(5).isBlank() ? id : "";
      }
    }
    return "";
  }

  /** Closes the connection. */
  @Override
  public void close() throws IOException {
    lines.close();
  }
}
