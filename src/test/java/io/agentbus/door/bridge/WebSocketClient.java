package io.agentbus.door.bridge;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Frames over a plain WebSocket. */
final class WebSocketClient extends BridgeClient {
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;

  /**
   * @param query behind the address, such as {@code ?ticket=...}
   * @param token for the Authorization header; empty for none
   */
  WebSocketClient(int port, String query, String token) throws Exception {
    var builder = http.newWebSocketBuilder();
    if (!token.isEmpty()) {
      builder.header("Authorization", "Bearer " + token);
    }
    socket = builder.buildAsync(URI.create("ws://127.0.0.1:" + port + SockJsDoor.PATH + "/websocket" + query), new Listener())
        .get(10, TimeUnit.SECONDS);
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        hear(message.toString().getBytes(StandardCharsets.UTF_8));
        message.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      end();
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      end();
    }
  }

  @Override
  void sendFrame(byte[] frame) throws Exception {
    socket.sendText(new String(frame, StandardCharsets.UTF_8), true).get(10, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
  }
}
