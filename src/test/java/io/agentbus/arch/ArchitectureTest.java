package io.agentbus.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VerticleBase;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The rules of the house that a compiler does not know. */
@AnalyzeClasses(packages = Rings.ROOT, importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] FEATURES = Rings.patterns(Rings.FEATURES.keySet());
  private static final String[] DOORS = Rings.patterns(Rings.DOORS);

  @ArchTest
  static final ArchRule every_package_uses_only_what_its_ring_allows = classes().should(useOnlyAllowedPackages())
      .because("words know nothing, plumbing knows words, features know both, doors know the catalogue, app knows all: "
          + "that is how a reader finds the room of a line of code");

  @ArchTest
  static final ArchRule packages_form_no_cycle = slices().assignedFrom(units()).should().beFreeOfCycles()
      .allowEmptyShould(true)
      .because("packages that need each other can only be understood, tested and moved together");

  @ArchTest
  static final ArchRule doors_touch_no_store_and_no_verticle = noClasses().that().resideInAnyPackage(DOORS)
      .should().dependOnClassesThat(resideInAnyPackage(FEATURES).and(nameMatching(".*(Store|Row|Verticle)")))
      .allowEmptyShould(true)
      .because("a door translates and decides nothing: what it wants is an operation of the catalogue");

  @ArchTest
  static final ArchRule doors_know_not_each_other = slices().matching(Rings.ROOT + ".door.(*)..")
      .should().notDependOnEachOther().allowEmptyShould(true)
      .because("each door is the same catalogue in another protocol; what two share belongs to op or http");

  @ArchTest
  static final ArchRule connections_belong_to_the_plumbing = noClasses().that()
      .resideOutsideOfPackages(Rings.pattern("db"), Rings.pattern("bus"), Rings.pattern("app"), Rings.pattern("bench"),
          Rings.pattern("demo"))
      .should().dependOnClassesThat(resideInAnyPackage("io.vertx.pgclient..", "java.sql..", "org.flywaydb..")
          .or(resideInAPackage("io.vertx.sqlclient..")
          .and(nameMatching(".*(Pool|SqlConnection|SqlClient|Transaction)"))))
      .allowEmptyShould(true)
      .because("a feature runs named statements through Sql; who holds a connection, and for how long, is decided once");

  @ArchTest
  static final ArchRule connections_are_made_in_one_way = noClasses()
      .that().doNotHaveFullyQualifiedName(Rings.ROOT + ".db.Connecting")
      .should().callConstructorWhere(target(owner(assignableTo(PgConnectOptions.class))))
      .orShould().callMethodWhere(target(owner(assignableTo(PgConnectOptions.class))).and(target(nameMatching("from.*|wrap"))))
      .orShould().callMethodWhere(target(owner(assignableTo(PgConnection.class))).and(target(name("connect"))))
      .because("a connection without the limits of db.Connecting keeps its locks for ever when its node freezes");

  @ArchTest
  static final ArchRule rows_stop_at_the_feature = noClasses().that()
      .resideOutsideOfPackages(with(FEATURES, "db", "bus", "op", "app", "bench"))
      .should().dependOnClassesThat().resideInAPackage("io.vertx.sqlclient..")
      .allowEmptyShould(true)
      .because("what leaves a feature is a record with a name");

  @ArchTest
  static final ArchRule words_know_no_library = noClasses().that().resideInAnyPackage(Rings.patterns(Rings.WORDS))
      .should().dependOnClassesThat().resideInAnyPackage("io.vertx..", "com.fasterxml.jackson.databind..", "java.sql..",
          "org.flywaydb..", "info.picocli..")
      .allowEmptyShould(true)
      .because("words are what all rings share: they must be free to move");

  @ArchTest
  static final ArchRule rules_know_no_vertx = noClasses().that().resideInAnyPackage(FEATURES)
      .and().haveNameMatching(".*(Plan|Policy|Decision|Terms)")
      .should().dependOnClassesThat().resideInAPackage("io.vertx..").allowEmptyShould(true)
      .because("a rule is pure, so that its test needs neither Vert.x nor Postgres");

  @ArchTest
  static final ArchRule only_http_speaks_http = noClasses().that()
      .resideOutsideOfPackages(Rings.pattern("http"), Rings.pattern("door.rest"), Rings.pattern("door.mcp"), Rings.pattern("door.memory"),
          Rings.pattern("door.webhook"), Rings.pattern("door.bridge"), Rings.pattern("app"), Rings.pattern("bench"))
      .should().dependOnClassesThat(resideInAnyPackage("io.vertx.core.http..", "io.vertx.ext.web..")
          .and(not(name("io.vertx.core.http.ClientAuth"))))
      .allowEmptyShould(true)
      .because("limits and deadlines of connections are kept in one place");

  @ArchTest
  static final ArchRule only_bus_takes_the_event_bus = noClasses().that().resideOutsideOfPackage(Rings.pattern("bus"))
      .should().callMethod(Vertx.class, "eventBus").allowEmptyShould(true)
      .because("a consumer that throws answers nothing and handles one message at a time; bus guards against both");

  @ArchTest
  static final ArchRule only_the_cluster_knows_by_which_library = noClasses().that().resideOutsideOfPackage(Rings.pattern("bus.cluster"))
      .should().dependOnClassesThat().resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster.hazelcast..")
      .because("a node by itself must load nothing of it, and it is the one library that a later Java may break");

  @ArchTest
  static final ArchRule only_cel_knows_its_library = noClasses().that().resideOutsideOfPackage(Rings.pattern("cel"))
      .should().dependOnClassesThat().resideInAnyPackage("dev.cel..", "com.google.protobuf..", "com.google.common..")
      .because("a node without expressions must load nothing of it, and callers' expressions run within one set of limits");

  @ArchTest
  static final ArchRule only_loop_repeats = noClasses().that()
      .resideOutsideOfPackages(Rings.pattern("loop"), Rings.pattern("http"))
      .should().callMethodWhere(target(name("setPeriodic")).and(target(owner(assignableTo(Vertx.class)))))
      .allowEmptyShould(true)
      .because("setPeriodic overlaps with a body that waits; Loop re-arms when its body has ended and can be awaited. "
          + "http sweeps its connections in one turn of the event loop, which nothing can overlap");

  /** They look again, with a deadline, for what another process does to a file; no system here tells them. */
  private static final Set<String> WATCH_A_FILE =
      Set.of(Rings.ROOT + ".config.LockFile", Rings.ROOT + ".db.embedded.EmbeddedPostgres");

  @ArchTest
  static final ArchRule nobody_sleeps = noClasses()
      .that(not(describe("watch a file", type -> WATCH_A_FILE.contains(type.getName()))))
      .should().callMethodWhere(target(name("sleep"))
          .and(target(owner(assignableTo(Thread.class).or(assignableTo(TimeUnit.class))))))
      .because("a sleep is either too short or too long: wait on what you wait for");

  @ArchTest
  static final ArchRule no_name_says_nothing = noClasses()
      .should().haveNameMatching(".*(Utils?|Helpers?|Manager|Impl|Common|Misc)(\\$.*)?")
      .because("such a name takes in everything; the thing has a word in the glossary, or needs one");

  @ArchTest
  static final ArchRule one_way_to_log = noClasses().should().dependOnClassesThat()
      .resideInAPackage("java.util.logging..")
      .because("slf4j carries the key-value pairs that a log line is searched by");

  @ArchTest
  static final ArchRule only_the_cli_prints = noClasses().that()
      .resideOutsideOfPackages(Rings.pattern("door.cli"), Rings.pattern("app"), Rings.pattern("work"))
      .should().accessField(System.class, "out").orShould().accessField(System.class, "err")
      .allowEmptyShould(true)
      .because("stdout is an answer that programs read");

  @ArchTest
  static final ArchRule nobody_but_the_program_exits = noClasses().that()
      .doNotHaveFullyQualifiedName(Rings.ROOT + ".AgentBus")
      .should().callMethod(System.class, "exit", int.class)
      .because("an exit in the middle leaves Postgres and leases to time-outs");

  @ArchTest
  static final ArchRule verticles_keep_no_static_state = fields().that()
      .areDeclaredInClassesThat().areAssignableTo(VerticleBase.class).and().areStatic()
      .should().beFinal().allowEmptyShould(true)
      .because("two nodes run in one JVM in the tests, and two instances in every node");

  @ArchTest
  static final ArchRule verticles_are_final = classes().that().areAssignableTo(VerticleBase.class).and().doNotHaveModifier(JavaModifier.ABSTRACT)
      .should().haveModifier(JavaModifier.FINAL).allowEmptyShould(true)
      .because("a verticle is deployed, not extended");

  @ArchTest
  static final ArchRule services_wait_themselves = methods().that().areDeclaredInClassesThat()
      .resideInAnyPackage(FEATURES).and().areDeclaredInClassesThat().haveNameNotMatching(".*(Store|Verticle)")
      .and().arePublic().and().haveNameNotMatching("start|stop").should().notHaveRawReturnType(Future.class)
      .allowEmptyShould(true)
      .because("services read top to bottom on a virtual thread");

  private static String[] with(String[] patterns, String... units) {
    return Stream.concat(Stream.of(patterns), Stream.of(units).map(Rings::pattern)).toArray(String[]::new);
  }

  /** Every class of ours that a class names must be in a package its ring lets it use; an unknown package has no ring. */
  private static ArchCondition<JavaClass> useOnlyAllowedPackages() {
    var arrows = Rings.arrows();
    return new ArchCondition<>("use only the packages that arch.Rings allows") {
      @Override
      public void check(JavaClass origin, ConditionEvents events) {
        var from = Rings.unit(origin.getPackageName());
        var allowed = arrows.get(from);
        if (allowed == null) {
          events.add(SimpleConditionEvent.violated(origin, "package '" + from + "' has no ring in arch.Rings: "
              + origin.getName()));
          return;
        }
        origin.getDirectDependenciesFromSelf().stream()
            .filter(dependency -> dependency.getTargetClass().getPackageName().startsWith(Rings.ROOT))
            .filter(dependency -> !mayUse(from, allowed, Rings.unit(dependency.getTargetClass().getPackageName())))
            .forEach(dependency -> events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription())));
      }
    };
  }

  private static boolean mayUse(String from, Set<String> allowed, String to) {
    return from.equals(to) || allowed.contains(to);
  }

  private static SliceAssignment units() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        return type.getPackageName().startsWith(Rings.ROOT) ? SliceIdentifier.of(Rings.unit(type.getPackageName()))
            : SliceIdentifier.ignore();
      }

      @Override
      public String getDescription() {
        return "the packages below " + Rings.ROOT;
      }
    };
  }
}
