package io.agentbus.cel;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelOptions;
import dev.cel.common.values.CelByteString;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.CelStandardFunctions.StandardFunction;
import dev.cel.runtime.RuntimeEquality;
import dev.cel.runtime.RuntimeHelpers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The functions of the language, each of which tells the meter of its work before it begins. Those of the library count as one step whatever
 * they read, and its {@code contains} compares everything with everything. All here take time in proportion to what they tell.
 */
final class MeteredFunctions {
  /** Longest pattern, in characters; the size of what it is compiled to has a limit too. */
  private static final int MAX_PATTERN = 2_000;
  /** Read the whole of their arguments, with all that these hold. */
  private static final Set<String> WHOLE = Set.of("equals", "not_equals", "in_list");
  /** What can be large. */
  private static final Set<Class<?>> LARGE = Set.of(String.class, List.class, Map.class, Object.class, CelByteString.class);
  /** Find one entry, or count what is counted. */
  private static final Set<String> AT_ONCE = Set.of("index_list", "index_map", "in_map", "size_list", "list_size", "size_map", "map_size");

  private MeteredFunctions() {}

  static List<CelFunctionBinding> all(CelOptions options) {
    var bindings = new ArrayList<CelFunctionBinding>();
    CelStandardFunctions.newBuilder().excludeFunctions(StandardFunction.CONTAINS, StandardFunction.MATCHES).build()
        .newFunctionBindings(RuntimeEquality.create(RuntimeHelpers.create(), options), options)
        .forEach(binding -> bindings.add(AT_ONCE.contains(binding.getOverloadId()) || binding.getArgTypes().stream().noneMatch(LARGE::contains) ? binding
            : metered(binding)));
    bindings.add(CelFunctionBinding.from("contains_string", String.class, String.class, MeteredFunctions::contains));
    for (var overload : List.of("matches", "matches_string")) {
      bindings.add(CelFunctionBinding.from(overload, String.class, String.class,
          (text, pattern) -> matches(text, pattern, options.maxRegexProgramSize())));
    }
    return bindings;
  }

  private static CelFunctionBinding metered(CelFunctionBinding binding) {
    var function = binding.getDefinition();
    var whole = WHOLE.contains(binding.getOverloadId());
    return CelFunctionBinding.from(binding.getOverloadId(), binding.getArgTypes(), arguments -> {
      var meter = Meter.CURRENT.get();
      for (var argument : arguments) {
        if (whole) {
          meter.readsWhole(argument);
        } else {
          meter.reads(size(argument));
        }
      }
      return function.apply(arguments);
    });
  }

  private static int size(Object value) {
    return switch (value) {
      case String text -> text.length();
      case List<?> items -> items.size();
      case Map<?, ?> fields -> fields.size();
      case CelByteString bytes -> bytes.size();
      default -> 0;
    };
  }

  /** By Knuth, Morris and Pratt: each character is looked at about twice, whatever the texts are. */
  private static boolean contains(String text, String wanted) {
    Meter.CURRENT.get().reads(text.length() + 2L * wanted.length());
    if (wanted.isEmpty() || wanted.length() > text.length()) {
      return wanted.isEmpty();
    }
    var border = borders(wanted);
    var matched = 0;
    for (var i = 0; i < text.length(); i++) {
      while (matched > 0 && text.charAt(i) != wanted.charAt(matched)) {
        matched = border[matched - 1];
      }
      if (text.charAt(i) == wanted.charAt(matched) && ++matched == wanted.length()) {
        return true;
      }
    }
    return false;
  }

  /** For each beginning of a text, how long the longest shorter beginning is with which it ends. */
  private static int[] borders(String text) {
    var border = new int[text.length()];
    for (var i = 1; i < border.length; i++) {
      var length = border[i - 1];
      while (length > 0 && text.charAt(i) != text.charAt(length)) {
        length = border[length - 1];
      }
      border[i] = text.charAt(i) == text.charAt(length) ? length + 1 : length;
    }
    return border;
  }

  private static boolean matches(String text, String pattern, int mostProgram) {
    if (pattern.length() > MAX_PATTERN) {
      throw new IllegalArgumentException("a pattern has at most " + MAX_PATTERN + " characters, not " + pattern.length());
    }
    var meter = Meter.CURRENT.get();
    var size = PatternSize.of(pattern);
    if (size > 8L * mostProgram) {
      throw new IllegalArgumentException("the pattern's repeats come to " + (size >= PatternSize.TOO_LARGE ? "more than can be told" : size)
          + ", and at most " + 8L * mostProgram + " are compiled");
    }
    meter.steps(size + PatternSize.classes(pattern));
    Pattern compiled;
    try {
      compiled = Pattern.compile(pattern);
    } catch (PatternSyntaxException malformed) {
      throw new IllegalArgumentException("no pattern: " + malformed.getDescription());
    }
    if (compiled.programSize() > mostProgram) {
      throw new IllegalArgumentException("the pattern is too large: " + compiled.programSize() + ", and at most " + mostProgram);
    }
    // Each character may meet each part of the program.
    meter.reads((long) text.length() * compiled.programSize());
    return compiled.matcher(text).find();
  }
}
