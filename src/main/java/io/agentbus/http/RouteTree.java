package io.agentbus.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds what serves a path by walking its segments: no pattern is tried twice, however many routes there are. A segment
 * in braces takes any one segment; one spelled out goes before it. Fill first, then share.
 */
public final class RouteTree<T> {
  private final Node<T> root = new Node<>();

  private static final class Node<T> {
    private final Map<String, Node<T>> spelled = new HashMap<>();
    private @Nullable Node<T> any;
    private final Map<String, T> methods = new TreeMap<>();
  }

  /**
   * A path that is served.
   *
   * @param methods what serves it, by method in capitals
   * @param values the segments that stood for braces, as sent, in order
   */
  public record Found<T>(Map<String, T> methods, List<String> values) {}

  /** Adds a route; the same one twice is a defect. */
  public void add(String method, String template, T target) {
    var node = root;
    for (var segment : template.substring(1).split("/")) {
      if (segment.startsWith("{")) {
        if (node.any == null) {
          node.any = new Node<>();
        }
        node = node.any;
      } else {
        node = node.spelled.computeIfAbsent(segment, name -> new Node<>());
      }
    }
    if (node.methods.putIfAbsent(method, target) != null) {
      throw new IllegalStateException("the route " + method + " " + template + " is taken twice");
    }
  }

  /**
   * What serves the path.
   *
   * @param from index of the slash at which the routes of this tree begin
   * @return null when nothing does
   */
  public @Nullable Found<T> find(String path, int from) {
    var values = new ArrayList<String>(3);
    var node = walk(root, path, from + 1, values);
    return node == null ? null : new Found<>(node.methods, values);
  }

  private static <T> @Nullable Node<T> walk(Node<T> node, String path, int start, List<String> values) {
    if (start > path.length()) {
      return node.methods.isEmpty() ? null : node;
    }
    var slash = path.indexOf('/', start);
    var end = slash < 0 ? path.length() : slash;
    var segment = path.substring(start, end);
    var spelled = node.spelled.get(segment);
    if (spelled != null) {
      var found = walk(spelled, path, end + 1, values);
      if (found != null) {
        return found;
      }
    }
    if (node.any == null || segment.isEmpty()) {
      return null;
    }
    var mark = values.size();
    values.add(segment);
    var found = walk(node.any, path, end + 1, values);
    if (found == null) {
      values.subList(mark, values.size()).clear();
    }
    return found;
  }
}
