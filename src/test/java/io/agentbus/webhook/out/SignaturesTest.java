package io.agentbus.webhook.out;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Signatures checked by the library that receivers use, and by the recipe of ai-memory's own code. */
class SignaturesTest {
  private static final byte[] BODY = "{\"type\":\"infra.checked\",\"text\":\"gr\u00fc\u00dfe\"}".getBytes(UTF_8);
  private static final String ID = "0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42";

  private static HttpHeaders headers(long at, String... signatures) {
    return HttpHeaders.of(Map.of("webhook-id", List.of(ID), "webhook-timestamp", List.of(Long.toString(at)), "webhook-signature",
        List.of(String.join(" ", signatures))), (name, value) -> true);
  }

  @Test
  void a_signature_is_the_one_that_the_library_makes_and_takes() throws Exception {
    var secret = SigningSecret.make();
    var receiver = new Webhook(SigningSecret.text(secret));
    var now = Instant.now().getEpochSecond();
    var signature = Signatures.standard(secret, ID, now, BODY);

    assertThat(secret).hasSizeBetween(24, 64);
    assertThat(signature).isEqualTo(receiver.sign(ID, now, new String(BODY, UTF_8)));
    assertThatCode(() -> receiver.verify(new String(BODY, UTF_8), headers(now, signature))).doesNotThrowAnyException();
  }

  @Test
  void while_a_secret_is_replaced_holders_of_either_take_the_same_request() {
    var one = SigningSecret.make();
    var two = SigningSecret.make();
    var now = Instant.now().getEpochSecond();
    var both = headers(now, Signatures.standard(two, ID, now, BODY), Signatures.standard(one, ID, now, BODY));

    for (var secret : List.of(one, two)) {
      assertThatCode(() -> new Webhook(SigningSecret.text(secret)).verify(new String(BODY, UTF_8), both)).doesNotThrowAnyException();
    }
    assertThatThrownBy(() -> new Webhook(SigningSecret.text(SigningSecret.make())).verify(new String(BODY, UTF_8), both))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void the_library_refuses_another_body_another_id_and_another_time() throws Exception {
    var secret = SigningSecret.make();
    var receiver = new Webhook(SigningSecret.text(secret));
    var now = Instant.now().getEpochSecond();
    var signature = Signatures.standard(secret, ID, now, BODY);

    assertThatThrownBy(() -> receiver.verify(new String(BODY, UTF_8).replace("infra", "intra"), headers(now, signature)))
        .isInstanceOf(WebhookVerificationException.class);
    assertThatThrownBy(() -> receiver.verify(new String(BODY, UTF_8), headers(now - 1, signature))).isInstanceOf(WebhookVerificationException.class);
    assertThatThrownBy(() -> receiver.verify(new String(BODY, UTF_8), headers(now, Signatures.standard(secret, "other", now, BODY))))
        .isInstanceOf(WebhookVerificationException.class);
    var old = now - 301;
    assertThatThrownBy(() -> receiver.verify(new String(BODY, UTF_8), headers(old, Signatures.standard(secret, ID, old, BODY))))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void the_signature_of_ai_memory_hashes_the_secret_first_and_covers_the_time() {
    // printf '%s' '1700000000.{"event":"memory_store"}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$(printf '%s' s3cret | sha256sum | cut -c-64)
    assertThat(Signatures.aiMemory("s3cret", 1_700_000_000L, "{\"event\":\"memory_store\"}".getBytes(UTF_8)))
        .isEqualTo("sha256=914cf647f17b76cdd36a6226ff3534f9b6b8cc3e381892980653832779bf6d3b");
  }
}
