package io.agentbus.http.out;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressUrlTest {
  private static final EgressRules RULES = EgressRules.defaults();

  @ParameterizedTest
  @CsvSource({
      "https://example.com, true, example.com, 443, /",
      "https://Example.COM/Hook?a=1&b=%20, true, example.com, 443, /Hook?a=1&b=%20",
      "HTTP://example.com:8080/x, false, example.com, 8080, /x",
      "https://1password.com/x, true, 1password.com, 443, /x",
      "https://93.184.215.14/x, true, 93.184.215.14, 443, /x",
      "'https://[2606:4700::1111]:8443/', true, 2606:4700::1111, 8443, /"})
  void an_ordinary_address_is_taken_apart(String text, boolean tls, String host, int port, String target) {
    var url = EgressUrl.parse(text, RULES);

    assertThat(url).extracting(EgressUrl::tls, EgressUrl::host, EgressUrl::port, EgressUrl::target).containsExactly(tls, host, port, target);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "http://127.0.0.1/", "http://127.0.0.1:8080/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://10.1.2.3/",
      "http://169.254.169.254/latest/meta-data/", "http://[fd00::1]/", "http://localhost/", "http://a.localhost:8080/", "http://0.0.0.0/",
      // what some programs take for addresses
      "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.1/", "http://127.0.0.1./",
      "http://127.000.000.001/", "http://localhost./", "http://1.2.3.256/", "http://1.2.3/", "http://[::1%25lo]/", "http://[fe80::1%25eth0]/",
      "http://[::127.0.0.1]/",
      // what hides where it leads
      "http://user@example.com/", "http://user:pass@example.com/", "http://example.com@127.0.0.1/", "http://127.0.0.1#@example.com/",
      "http://example.com\\@127.0.0.1/", "http://example.com:80@127.0.0.1/", "http:///etc/passwd", "http://example.com:80:80/", "http://.example.com/",
      "http://exa mple.com/", "http://example.com/a b", "http://example.com/\r\nHost: x", "http://ex\u00e4mple.com/", "http://\uff11\uff12\uff17.0.0.1/",
      // other schemes and ports
      "file:///etc/passwd", "gopher://example.com/", "ftp://example.com/", "example.com", "//example.com/", "https:example.com", "javascript:alert(1)", "",
      "http://example.com:25/", "http://example.com:22/", "http://example.com:0/", "http://example.com:65536/", "https://example.com/#part"})
  void what_leads_elsewhere_or_could_be_read_in_two_ways_is_refused(String text) {
    assertThatThrownBy(() -> EgressUrl.parse(text, RULES)).as(text).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("must ");
  }

  @Test
  void a_refusal_does_not_repeat_the_password() {
    assertThatThrownBy(() -> EgressUrl.parse("https://me:hunter2@example.com/", RULES)).hasMessageContaining("header")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void plain_http_is_refused_where_only_https_is_wanted() {
    var strict = new EgressRules(List.of(), true, List.of());

    assertThatThrownBy(() -> EgressUrl.parse("http://example.com/", strict)).hasMessageContaining("https://");
    assertThat(EgressUrl.parse("https://example.com/", strict).tls()).isTrue();
  }

  @Test
  void an_address_of_an_allowed_range_is_taken() {
    var local = new EgressRules(List.of(Cidr.parse("127.0.0.0/8")), false, List.of());

    assertThat(EgressUrl.parse("http://127.0.0.1:9000/x", local).origin()).isEqualTo("http://127.0.0.1:9000");
    assertThat(EgressUrl.parse("http://localhost:9000/x", local).origin()).isEqualTo("http://localhost:9000");
  }

  @Test
  void the_origin_tells_neither_path_nor_query() {
    assertThat(EgressUrl.parse("https://hooks.example.com/T0/secret?key=1", RULES).origin()).isEqualTo("https://hooks.example.com");
  }
}
