package io.agentbus.webhook.in.scheme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each scheme by the vectors that its maker publishes, or by ones computed with another program. */
class SchemeTest {
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

  /** A request that a scheme takes as it stands. */
  private record Vector(Scheme scheme, String secret, long at, String body, List<String> headers) {
    Received received() {
      return received(body.getBytes(StandardCharsets.UTF_8), headers);
    }

    Received received(byte[] bytes, List<String> lines) {
      return new Received(SchemeTest.headers(lines.toArray(String[]::new)), bytes);
    }

    boolean proves(Received request, String secret, long now) {
      var terms = new Terms(Instant.ofEpochSecond(now), FIVE_MINUTES);
      var other = scheme == Scheme.STANDARD ? "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" : "another secret of many letters";
      return scheme.claims(request.headers(), terms) && scheme.proves(request, List.of(scheme.key(other), scheme.key(secret)), terms);
    }

    boolean proves() {
      return proves(received(), secret, at);
    }
  }

  private static final Vector GITHUB = new Vector(Scheme.GITHUB, "It's a Secret to Everybody", 0, "Hello, World!",
      List.of("X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
  private static final Vector STANDARD = new Vector(Scheme.STANDARD, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1614265330,
      "{\"test\": 2432232314}", List.of("webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp: 1614265330",
      "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
  private static final Vector SLACK = new Vector(Scheme.SLACK, "8f742231b10e8888abcd99yyyzzz85a5", 1531420618,
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
      + "&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J"
      + "%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
      List.of("Content-Type: application/x-www-form-urlencoded", "X-Slack-Request-Timestamp: 1531420618",
      "X-Slack-Signature: v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"));
  private static final Vector STRIPE = new Vector(Scheme.STRIPE, "whsec_test_secret_1234", 1492774577,
      "{\"id\":\"evt_1\",\"type\":\"charge.succeeded\"}",
      List.of("Stripe-Signature: t=1492774577,v1=1a92be01732be5e5a820c70e758fcd31b383d26ac1daf860122a7f7200a1b1bd,v0=00"));
  private static final Vector AI_MEMORY = new Vector(Scheme.AI_MEMORY, "a shared secret of memory", 1700000000, "{\"event\":\"memory_store\"}",
      List.of("x-ai-memory-timestamp: 1700000000",
      "x-ai-memory-signature: sha256=4f0debc6a85d11a602123fd5c9415444fbadf0fb0124dd2841bcf6039ae7db24"));
  private static final Vector GITLAB = new Vector(Scheme.GITLAB, "a token for gitlab", 0, "{}", List.of("X-Gitlab-Token: a token for gitlab"));
  private static final Vector BEARER = new Vector(Scheme.BEARER, "abw_0123456789abcdef", 0, "{}", List.of("Authorization: Bearer abw_0123456789abcdef"));
  private static final Vector CLOUDEVENTS = new Vector(Scheme.CLOUDEVENTS, "abw_0123456789abcdef", 0, "{}",
      List.of("X-OpenClaw-Token: abw_0123456789abcdef"));
  private static final List<Vector> ALL = List.of(GITHUB, STANDARD, SLACK, STRIPE, AI_MEMORY, GITLAB, BEARER, CLOUDEVENTS);
  private static final List<Vector> SIGNED = List.of(GITHUB, STANDARD, SLACK, STRIPE, AI_MEMORY);
  private static final List<Vector> TIMED = List.of(STANDARD, SLACK, STRIPE, AI_MEMORY);

  private static Headers headers(String... lines) {
    return new Headers(Arrays.stream(lines).map(line -> Map.entry(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip()))
        .toList());
  }

  @Test
  void what_its_maker_signed_is_proven_by_any_live_secret() {
    assertEquals(Scheme.values().length, ALL.size());
    for (var vector : ALL) {
      assertTrue(vector.proves(), vector.scheme().wire());
      assertFalse(vector.proves(vector.received(), vector.scheme() == Scheme.STANDARD ? Secrets.standard() : "some other secret altogether",
          vector.at()), vector.scheme().wire());
    }
  }

  @Test
  void one_flipped_bit_of_a_signed_body_is_refused() {
    for (var vector : SIGNED) {
      for (var at = 0; at < vector.body().length(); at++) {
        var bytes = vector.body().getBytes(StandardCharsets.UTF_8);
        bytes[at] ^= 1;
        assertFalse(vector.proves(vector.received(bytes, vector.headers()), vector.secret(), vector.at()), vector.scheme().wire() + " at " + at);
      }
    }
  }

  @Test
  void one_changed_character_of_the_proof_is_refused() {
    for (var vector : ALL) {
      var last = vector.headers().size() - 1;
      var line = vector.headers().get(last);
      var from = line.indexOf(": ") + 2;
      // Behind a Stripe signature stands one of a version that nobody reads.
      var to = vector.scheme() == Scheme.STRIPE ? line.indexOf(",v0") : line.length();
      for (var at = from; at < to; at++) {
        if (line.regionMatches(true, from, "Bearer ", 0, 7) && at < from + 7) {
          continue;
        }
        var lines = new ArrayList<>(vector.headers());
        lines.set(last, line.substring(0, at) + (char) (line.charAt(at) ^ 1) + line.substring(at + 1));
        assertFalse(vector.proves(vector.received(vector.body().getBytes(StandardCharsets.UTF_8), lines), vector.secret(), vector.at()),
            vector.scheme().wire() + " takes " + lines.get(last));
      }
    }
  }

  @Test
  void a_proof_that_is_missing_or_comes_twice_is_refused() {
    for (var vector : ALL) {
      for (var line : vector.headers()) {
        if (line.startsWith("Content-Type")) {
          continue;
        }
        var without = new ArrayList<>(vector.headers());
        without.remove(line);
        var twice = new ArrayList<>(vector.headers());
        twice.add(line);
        for (var lines : List.of(without, twice)) {
          var request = vector.received(vector.body().getBytes(StandardCharsets.UTF_8), lines);
          assertFalse(vector.proves(request, vector.secret(), vector.at()), vector.scheme().wire() + " takes " + lines);
          assertFalse(vector.scheme().proves(request, List.of(vector.scheme().key(vector.secret())),
              new Terms(Instant.ofEpochSecond(vector.at()), FIVE_MINUTES)), vector.scheme().wire() + " proves " + lines);
        }
      }
    }
  }

  @Test
  void a_signed_time_may_lie_five_minutes_off_and_no_second_more() {
    for (var vector : TIMED) {
      for (var off : new long[] {-300, 0, 300}) {
        assertTrue(vector.proves(vector.received(), vector.secret(), vector.at() + off), vector.scheme().wire() + " " + off);
      }
      for (var off : new long[] {-301, 301, -100_000_000, 1_000_000_000}) {
        assertFalse(vector.proves(vector.received(), vector.secret(), vector.at() + off), vector.scheme().wire() + " " + off);
      }
    }
  }

  @Test
  void a_time_is_nothing_but_digits() {
    var terms = new Terms(Instant.ofEpochSecond(0), FIVE_MINUTES);
    assertTrue(terms.admits("0"));
    for (var wrong : Arrays.asList(null, "", "-0", "+0", "0.0", " 0", "0x0", "1e0", "9".repeat(20), "\u0660")) {
      assertFalse(terms.admits(wrong), wrong);
    }
  }

  @Test
  void one_right_signature_among_wrong_ones_is_enough() {
    var lines = new ArrayList<>(STANDARD.headers());
    lines.set(2, "webhook-signature: v1a,AAAA v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v2,x");
    assertTrue(STANDARD.proves(STANDARD.received(STANDARD.body().getBytes(StandardCharsets.UTF_8), lines), STANDARD.secret(), STANDARD.at()));
    var stripe = List.of("Stripe-Signature: v1=00, v1=1a92be01732be5e5a820c70e758fcd31b383d26ac1daf860122a7f7200a1b1bd, t=1492774577");
    assertTrue(STRIPE.proves(STRIPE.received(STRIPE.body().getBytes(StandardCharsets.UTF_8), stripe), STRIPE.secret(), STRIPE.at()));
    var old = List.of("Stripe-Signature: t=1492774577,v0=1a92be01732be5e5a820c70e758fcd31b383d26ac1daf860122a7f7200a1b1bd");
    assertFalse(STRIPE.proves(STRIPE.received(STRIPE.body().getBytes(StandardCharsets.UTF_8), old), STRIPE.secret(), STRIPE.at()));
  }

  @Test
  void svix_names_of_the_headers_are_as_good() {
    var lines = STANDARD.headers().stream().map(line -> line.replace("webhook-", "svix-")).toList();
    var request = STANDARD.received(STANDARD.body().getBytes(StandardCharsets.UTF_8), lines);
    assertTrue(STANDARD.proves(request, STANDARD.secret(), STANDARD.at()));
    var mixed = new ArrayList<>(lines);
    mixed.set(0, STANDARD.headers().getFirst());
    assertFalse(STANDARD.proves(STANDARD.received(STANDARD.body().getBytes(StandardCharsets.UTF_8), mixed), STANDARD.secret(), STANDARD.at()));
  }

  @Test
  void generated_secrets_are_fit_for_their_scheme_and_differ() {
    for (var scheme : Scheme.values()) {
      var secret = scheme.generate();
      assertTrue(scheme.key(secret).length >= 16, scheme.wire());
      assertNotEquals(secret, scheme.generate());
      assertEquals(scheme, Scheme.ofWire(scheme.wire()));
    }
    assertTrue(Scheme.STANDARD.generate().startsWith("whsec_"));
  }

  @Test
  void secrets_that_can_be_guessed_or_typed_wrongly_are_refused() {
    for (var scheme : Scheme.values()) {
      for (var wrong : List.of("", "short", "whsec_AAAA", " leading blank, and long enough", "\u00e4".repeat(30), "x".repeat(400), "new\nline" + "x".repeat(20))) {
        assertThrows(IllegalArgumentException.class, () -> scheme.key(wrong), () -> scheme.wire() + " takes '" + wrong + "'");
      }
    }
  }

  private static Told.Fact fact(Scheme scheme, String body, String... lines) {
    var all = new ArrayList<>(List.of(lines));
    if (all.stream().noneMatch(line -> line.startsWith("Content-Type"))) {
      all.add("Content-Type: application/json");
    }
    var told = scheme.read(new Received(headers(all.toArray(String[]::new)), body.getBytes(StandardCharsets.UTF_8)));
    return assertInstanceOf(Told.Facts.class, told).facts().getFirst();
  }

  @Test
  void the_senders_own_words_become_type_and_id() {
    var pull = fact(Scheme.GITHUB, "{\"action\": \"opened\"}", "X-GitHub-Event: pull_request", "X-GitHub-Delivery: d-1");
    assertEquals("pull_request.opened d-1", pull.type() + " " + pull.id());
    assertEquals("ping", fact(Scheme.GITHUB, "{\"zen\": \"z\"}", "X-GitHub-Event: ping").type());
    var form = fact(Scheme.GITHUB, "payload=%7B%22action%22%3A%22a+b%22%7D", "X-GitHub-Event: push", "Content-Type: application/x-www-form-urlencoded");
    assertEquals("a b", form.payload().get("action").asText());
    var slack = fact(Scheme.SLACK, "{\"type\": \"event_callback\", \"event_id\": \"Ev1\", \"event\": {\"type\": \"app_mention\"}}");
    assertEquals("app_mention Ev1", slack.type() + " " + slack.id());
    var command = fact(Scheme.SLACK, SLACK.body(), "Content-Type: application/x-www-form-urlencoded");
    assertEquals("command /webhook-collect", command.type() + " " + command.payload().get("command").asText());
    var click = fact(Scheme.SLACK, "payload=%7B%22type%22%3A%22block_actions%22%2C%22trigger_id%22%3A%22t1%22%7D",
        "Content-Type: application/x-www-form-urlencoded");
    assertEquals("block_actions t1", click.type() + " " + click.id());
    var charge = fact(Scheme.STRIPE, STRIPE.body());
    assertEquals("charge.succeeded evt_1", charge.type() + " " + charge.id());
    var merge = fact(Scheme.GITLAB, "{\"object_kind\": \"merge_request\", \"object_attributes\": {\"action\": \"open\"}}", "Idempotency-Key: k",
        "X-Gitlab-Webhook-UUID: of-the-hook");
    assertEquals("merge_request.open k", merge.type() + " " + merge.id());
    assertEquals("memory_store null", fact(Scheme.AI_MEMORY, AI_MEMORY.body()).type() + " " + fact(Scheme.AI_MEMORY, AI_MEMORY.body()).id());
    assertEquals("user.created msg_1", fact(Scheme.STANDARD, "{\"type\": \"user.created\"}", "webhook-id: msg_1", "webhook-timestamp: 1",
        "webhook-signature: v1,x").type() + " msg_1");
  }

  @Test
  void a_challenge_is_told_from_a_fact() {
    var told = Scheme.SLACK.read(new Received(headers("Content-Type: application/json"),
        "{\"type\": \"url_verification\", \"challenge\": \"3eZbrw1a\"}".getBytes(StandardCharsets.UTF_8)));
    assertEquals("3eZbrw1a", assertInstanceOf(Told.Challenge.class, told).text());
  }

  @Test
  void a_cloud_event_is_the_same_in_binary_and_structured_form() {
    var binary = fact(Scheme.CLOUDEVENTS, "{\"n\": 1}", "ce-specversion: 1.0", "ce-id: 1", "ce-source: /a%20b", "ce-type: t", "ce-extra: %E2%82%AC");
    var structured = fact(Scheme.CLOUDEVENTS, "{\"specversion\": \"1.0\", \"id\": \"1\", \"source\": \"/a b\", \"type\": \"t\", \"extra\": \"\u20ac\","
        + "\"datacontenttype\": \"application/json\", \"data\": {\"n\": 1}}", "Content-Type: application/cloudevents+json; charset=utf-8");
    assertEquals(structured, binary);
    var bytes = fact(Scheme.BEARER, "\u0001", "ce-specversion: 1.0", "ce-id: 1", "ce-source: s", "ce-type: t", "Content-Type: application/octet-stream");
    assertEquals("AQ==", bytes.payload().get("data_base64").asText());
  }

  @Test
  void of_a_standard_webhook_only_what_is_signed_says_what_it_is() {
    var event = "{\"specversion\": \"1.0\", \"id\": \"1\", \"source\": \"s\", \"type\": \"t\"}";
    for (var body : List.of("{\"type\": \"user.created\"}", event, "[" + event + "," + event.replace("\"1\"", "\"2\"") + "]")) {
      var type = body.contains("user") ? "user.created" : "t";
      for (var lines : List.of(List.of("X-Other: x"), List.of("ce-specversion: 1.0", "ce-id: 9", "ce-source: s", "ce-type: forged"),
          List.of("Content-Type: application/cloudevents+json"), List.of("Content-Type: application/cloudevents-batch+json"))) {
        var all = new ArrayList<>(List.of("webhook-id: msg_1", "webhook-timestamp: 1", "webhook-signature: v1,x"));
        all.addAll(lines);
        if (body.contains("user") && lines.getFirst().contains("cloudevents")) {
          assertThrows(ProblemException.class, () -> fact(Scheme.STANDARD, body, all.toArray(String[]::new)), "it is no event");
        } else {
          var fact = fact(Scheme.STANDARD, body, all.toArray(String[]::new));
          assertEquals(type + " msg_1", fact.type() + " " + fact.id(), body + " with " + lines);
        }
      }
    }
    var batch = new Received(headers("Content-Type: application/json", "webhook-id: m", "webhook-timestamp: 1", "webhook-signature: v1,x"),
        ("[" + event + "," + event + "]").getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of("m", "m.1"), assertInstanceOf(Told.Facts.class, Scheme.STANDARD.read(batch)).facts().stream().map(Told.Fact::id).toList());
  }

  @Test
  void a_batch_is_taken_whole_or_not_at_all() {
    var good = "{\"specversion\": \"1.0\", \"id\": \"1\", \"source\": \"s\", \"type\": \"t\"}";
    var batch = new Received(headers("Content-Type: application/cloudevents-batch+json"),
        ("[" + good + "," + good.replace("\"1\"", "\"2\"") + "," + good + "]").getBytes(StandardCharsets.UTF_8));
    assertEquals(2, assertInstanceOf(Told.Facts.class, Scheme.CLOUDEVENTS.read(batch)).facts().size());
    var spoiled = new Received(batch.headers(), ("[" + good + ",{\"specversion\": \"1.0\", \"id\": \"2\"}]").getBytes(StandardCharsets.UTF_8));
    var refusal = assertThrows(ProblemException.class, () -> Scheme.CLOUDEVENTS.read(spoiled));
    assertEquals(ProblemCode.INVALID_INPUT, refusal.code());
    assertTrue(refusal.errors().getFirst().pointer().startsWith("/1/"), refusal.errors().toString());
  }

  @Test
  void proven_nonsense_is_refused_with_the_reason() {
    for (var scheme : Scheme.values()) {
      var ce = "ce-specversion: 1.0";
      for (var body : List.of("", "{", "{\"a\": 1, \"a\": 2}", "[".repeat(100) + "]".repeat(100), "{} {}")) {
        var request = new Received(headers("Content-Type: application/json", ce, "ce-id: 1", "ce-source: s", "ce-type: t"),
            body.getBytes(StandardCharsets.UTF_8));
        if (!(body.isEmpty() && CloudEvents.isOne(request) && (scheme == Scheme.CLOUDEVENTS || scheme == Scheme.BEARER))) {
          assertEquals(ProblemCode.INVALID_INPUT, assertThrows(ProblemException.class, () -> scheme.read(request), scheme.wire() + " " + body).code());
        }
      }
      var notUtf8 = new Received(headers("Content-Type: application/json"), new byte[] {'"', (byte) 0xc3, '"'});
      assertThrows(ProblemException.class, () -> scheme.read(notUtf8), scheme.wire());
      var plain = new Received(headers("Content-Type: text/plain"), "{}".getBytes(StandardCharsets.UTF_8));
      assertEquals(ProblemCode.UNSUPPORTED_MEDIA_TYPE, assertThrows(ProblemException.class, () -> scheme.read(plain), scheme.wire()).code());
    }
  }

  @Test
  void what_proves_a_delivery_is_never_told_to_rules() {
    for (var scheme : Scheme.values()) {
      assertTrue(scheme.tells("user-agent"));
      for (var name : List.of("authorization", "x-openclaw-token", "cookie", "x-hub-signature-256", "x-hub-signature", "webhook-signature",
          "svix-signature", "x-slack-signature", "stripe-signature", "x-gitlab-token", "x-ai-memory-signature", "x-forwarded-for")) {
        assertFalse(scheme.tells(name), scheme.wire() + " tells " + name);
      }
    }
  }
}
