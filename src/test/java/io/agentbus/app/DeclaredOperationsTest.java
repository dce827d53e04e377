package io.agentbus.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.op.CatalogueRules;
import io.agentbus.op.OpenApiDocument;
import org.junit.jupiter.api.Test;

/** Every operation that the program offers, looked at as declared. */
class DeclaredOperationsTest {
  @Test
  void every_operation_keeps_to_the_rules_of_the_catalogue() {
    assertThat(CatalogueRules.brokenBy(Commands.operations())).isEmpty();
  }

  @Test
  void every_operation_is_described_twice_in_the_api_document() {
    var document = OpenApiDocument.of(Commands.operations(), "0");
    assertThat(document.findValues("operationId")).hasSize(2 * Commands.operations().size()).doesNotHaveDuplicates();
    assertThat(document.findValuesAsText("$ref"))
        .allSatisfy(reference -> assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse());
  }
}
