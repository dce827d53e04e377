package io.agentbus.arch;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.OnlyIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.TimeUnit;

/** The tests' own rule. */
@AnalyzeClasses(packages = Rings.ROOT, importOptions = OnlyIncludeTests.class)
class NoSleepInTestsTest {
  @ArchTest
  static final ArchRule no_test_sleeps = noClasses().should().callMethodWhere(target(name("sleep"))
          .and(target(owner(assignableTo(Thread.class).or(assignableTo(TimeUnit.class))))))
      .because("a test waits on the condition or on the journal: a sleep is flaky on a slow machine and slow on a fast one");
}
