package io.agentbus.cel;

import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.agentbus.problem.ProblemException;
import java.util.List;
import java.util.stream.Collectors;

/** The library, set up once. Only {@link Expressions} touches it, so that it is loaded with the first expression. */
final class CelEngine {
  /** Before the name of each field. */
  static final String EVENT = "event.";
  private static final CelOptions OPTIONS = CelOptions.current()
      .maxExpressionCodePointSize(Expressions.MAX_LENGTH)
      .maxParseRecursionDepth(32)
      .maxParseErrorRecoveryLimit(0)
      .comprehensionMaxIterations(10_000)
      .maxRegexProgramSize(1_000)
      .enableHeterogeneousNumericComparisons(true)
      .evaluateCanonicalTypesToNativeValues(true)
      .build();
  private static final CelCompiler FILTERS = compiler(SimpleType.BOOL, false);
  private static final CelCompiler VALUES = compiler(SimpleType.DYN, false);
  private static final CelCompiler WEBHOOK_FILTERS = compiler(SimpleType.BOOL, true);
  private static final CelCompiler WEBHOOK_VALUES = compiler(SimpleType.DYN, true);
  private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder().setOptions(OPTIONS)
      .setStandardEnvironmentEnabled(false).addFunctionBindings(MeteredFunctions.all(OPTIONS)).build();

  private CelEngine() {}

  /** @param webhook whether the event is one that came as a webhook */
  static CelProgram compile(String pointer, String text, boolean filter, boolean webhook) {
    var compiler = webhook ? filter ? WEBHOOK_FILTERS : WEBHOOK_VALUES : filter ? FILTERS : VALUES;
    var result = compiler.compile(text);
    if (result.hasError()) {
      throw ProblemException.invalid(pointer, words(result.getErrors(), webhook));
    }
    try {
      return new CelProgram(RUNTIME.createProgram(result.getAst()));
    } catch (CelValidationException | CelEvaluationException failure) {
      throw ProblemException.invalid(pointer, "is no expression that can be evaluated: " + failure.getMessage());
    }
  }

  // Each field is a variable of its own, so that a wrong name or type is found when the expression is written.
  private static CelCompiler compiler(CelType result, boolean webhook) {
    var builder = CelCompilerFactory.standardCelCompilerBuilder()
        .setOptions(OPTIONS)
        .setStandardMacros(CelStandardMacro.HAS, CelStandardMacro.ALL, CelStandardMacro.EXISTS, CelStandardMacro.EXISTS_ONE,
            CelStandardMacro.FILTER)
        .addVar(EVENT + "topic", SimpleType.STRING)
        .addVar(EVENT + "namespace", SimpleType.STRING)
        .addVar(EVENT + "source_agent", SimpleType.STRING)
        .addVar(EVENT + "source_job_id", SimpleType.STRING)
        .addVar(EVENT + "created_at", SimpleType.TIMESTAMP)
        .addVar(EVENT + "payload", SimpleType.DYN)
        .setResultType(result);
    if (webhook) {
      builder.addVar(EVENT + "type", SimpleType.STRING).addVar(EVENT + "headers", SimpleType.DYN);
    }
    return builder.build();
  }

  private static String words(List<CelIssue> errors, boolean webhook) {
    var words = errors.stream().limit(3).map(CelEngine::words).collect(Collectors.joining("; "));
    return words.contains("undeclared reference to 'event'") ? words + ". The fields are event.topic, event.namespace, event.source_agent,"
        + " event.source_job_id, event.created_at" + (webhook ? ", event.type, event.headers" : "") + " and event.payload" : words;
  }

  private static String words(CelIssue issue) {
    var place = issue.getSourceLocation();
    var message = issue.getMessage().replaceAll("\\s+", " ").replace(" (in container '')", "");
    // Columns count from 0 there.
    var at = place.getLine() < 1 ? "" : "line " + place.getLine() + ", column " + (place.getColumn() + 1) + ": ";
    return at + (message.length() <= 300 ? message : message.substring(0, 297) + "...");
  }
}
