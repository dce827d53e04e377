package io.agentbus.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.net.URI;

/** POSTs of one token holder over connections that are kept. Used on one event loop. */
final class HttpCalls {
  private final HttpClient client;
  private final String authorization;

  HttpCalls(Vertx vertx, URI node, String token, int connections) {
    client = vertx.httpClientBuilder()
        .with(new HttpClientOptions().setDefaultHost(node.getHost()).setDefaultPort(node.getPort()).setKeepAlive(true).setTcpNoDelay(true))
        .with(new PoolOptions().setHttp1MaxSize(connections))
        .build();
    authorization = "Bearer " + token;
  }

  /** Sends a body; an answer other than 2xx fails. */
  Future<Buffer> post(String path, Buffer body) {
    return client.request(HttpMethod.POST, path)
        .compose(request -> request.putHeader("Authorization", authorization).putHeader("Content-Type", "application/json").send(body))
        .compose(response -> response.body().compose(answer -> response.statusCode() / 100 == 2 ? Future.succeededFuture(answer)
            : Future.failedFuture(path + " answered " + response.statusCode() + ": " + answer)));
  }
}
