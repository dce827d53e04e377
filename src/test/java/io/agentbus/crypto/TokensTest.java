package io.agentbus.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokensTest {
  @ParameterizedTest
  @EnumSource(TokenKind.class)
  void a_token_says_its_kind_and_is_well_formed(TokenKind kind) {
    var token = Tokens.make(kind);

    assertThat(token).startsWith(kind.prefix()).hasSize(Tokens.LENGTH);
    assertThat(Tokens.isTicket(token)).isEqualTo(kind == TokenKind.TICKET);
    assertThat(Tokens.wellFormed(token)).as("a ticket is no token").isEqualTo(kind != TokenKind.TICKET);
    assertThat(Tokens.wellFormed(token + "x")).isFalse();
    assertThat(Tokens.wellFormed("abx_" + token.substring(4))).isFalse();
  }

  @Test
  void tokens_do_not_repeat() {
    assertThat(new HashSet<>(IntStream.range(0, 1_000).mapToObj(i -> Tokens.make(TokenKind.AGENT)).toList()))
        .hasSize(1_000);
  }

  @Test
  void a_digest_is_the_sha_256_of_the_token() {
    assertThat(HexFormat.of().formatHex(Tokens.digest("abc")))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(Tokens.same(Tokens.digest("abc"), Tokens.digest("abc"))).isTrue();
    assertThat(Tokens.same(Tokens.digest("abc"), Tokens.digest("abd"))).isFalse();
  }
}
