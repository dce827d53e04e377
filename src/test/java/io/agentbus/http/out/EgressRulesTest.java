package io.agentbus.http.out;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressRulesTest {
  private static final EgressRules RULES = EgressRules.defaults();

  @ParameterizedTest
  @ValueSource(strings = {
      "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254",
      "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.7",
      "203.0.113.7", "168.63.129.16", "192.31.196.1", "192.52.193.1", "192.175.48.1", "2620:4f:8000::1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
      "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
      "2001:db8::1", "2002:7f00:1::", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fdff::1", "fe80::1", "fec0::1", "ff02::1"})
  void what_belongs_to_no_machine_of_the_public_internet_is_denied(String address) {
    assertThat(RULES.denial(InetAddress.ofLiteral(address))).startsWith("is ");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "1.1.1.1", "168.63.129.15", "168.63.129.17", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "172.15.255.255",
      "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:1.1.1.1",
      "2001:200::1", "2606:4700::1111", "2a00:1450:4001::1"})
  void what_stands_beside_those_ranges_may_be_reached(String address) {
    assertThat(RULES.denial(InetAddress.ofLiteral(address))).isNull();
  }

  @Test
  void an_allowed_range_may_be_reached_and_nothing_beside_it() {
    var rules = new EgressRules(List.of(Cidr.parse("127.0.0.1/32"), Cidr.parse("fd00::/8")), false, List.of());

    assertThat(rules.denial(InetAddress.ofLiteral("127.0.0.1"))).isNull();
    assertThat(rules.denial(InetAddress.ofLiteral("::ffff:127.0.0.1"))).isNull();
    assertThat(rules.denial(InetAddress.ofLiteral("fd12::1"))).isNull();
    assertThat(rules.denial(InetAddress.ofLiteral("127.0.0.2"))).isNotNull();
    assertThat(rules.denial(InetAddress.ofLiteral("fc00::1"))).isNotNull();
  }

  @Test
  void mail_login_and_other_services_are_not_spoken_to() {
    assertThat(List.of(80, 443, 1024, 8443, 65535)).allMatch(RULES::allowsPort);
    assertThat(List.of(21, 22, 25, 110, 143, 1023)).noneMatch(RULES::allowsPort);
    var named = new EgressRules(List.of(), false, List.of(443));
    assertThat(named.allowsPort(443)).isTrue();
    assertThat(named.allowsPort(8443)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "10.0.0.0/-1", "fe80::%1/10", "::/129", "host/8", "010.0.0.0/8", "10.0.0.1/8"})
  void what_is_no_range_is_refused(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("must be a range");
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.0/8,10.9.8.7,true", "10.0.0.0/8,11.0.0.0,false", "192.168.4.0/22,192.168.7.255,true", "192.168.4.0/22,192.168.8.0,false",
      "0.0.0.0/0,1.2.3.4,true", "0.0.0.0/0,::1,false", "::/0,1.2.3.4,false", "::/0,fe80::1,true", "1.2.3.4,1.2.3.4,true", "1.2.3.4,1.2.3.5,false"})
  void a_range_holds_the_addresses_that_begin_as_it_does(String range, String address, boolean inside) {
    assertThat(Cidr.parse(range).contains(InetAddress.ofLiteral(address))).isEqualTo(inside);
  }
}
