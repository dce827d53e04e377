package io.agentbus.op;

import java.util.ArrayList;
import java.util.List;

/**
 * Where REST offers an operation, below {@code /api/v1}.
 *
 * @param method GET, POST, PUT, PATCH or DELETE
 * @param path such as {@code /jobs/{job_id}/complete}; a segment in braces fills the input field of that name
 */
public record Route(String method, String path) {
  public static Route get(String path) {
    return new Route("GET", path);
  }

  public static Route post(String path) {
    return new Route("POST", path);
  }

  public static Route put(String path) {
    return new Route("PUT", path);
  }

  public static Route patch(String path) {
    return new Route("PATCH", path);
  }

  public static Route delete(String path) {
    return new Route("DELETE", path);
  }

  /** The input fields that the path fills, in order. */
  public List<String> pathFields() {
    var fields = new ArrayList<String>();
    for (var segment : path.split("/")) {
      if (segment.startsWith("{") && segment.endsWith("}")) {
        fields.add(segment.substring(1, segment.length() - 1));
      }
    }
    return fields;
  }
}
