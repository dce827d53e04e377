package io.agentbus.http.out;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of a request to an address that a caller named. */
public sealed interface PostAnswer {
  /** From the beginning to here, the look-up of the name included. */
  Duration took();

  /**
   * It was answered, whatever the answer says.
   *
   * @param status of HTTP; redirects are answers like others
   * @param headers by lower-case name, those of {@link Poster#HEADERS} only
   * @param body its start, as readable text: at most {@link Poster#KEPT} characters, control characters escaped
   */
  record Answered(int status, Map<String, String> headers, String body, Duration took) implements PostAnswer {
    public Answered {
      headers = Map.copyOf(headers);
    }

    /** The value of a header, or null. @param name in lower case */
    public @Nullable String header(String name) {
      return headers.get(name);
    }
  }

  /**
   * No whole answer came. The receiver may have got the request all the same.
   *
   * @param reason one sentence without a full stop, readable, of at most {@link Poster#KEPT} characters
   * @param slow whether time ran out, rather than something broke
   */
  record Failed(String reason, boolean slow, Duration took) implements PostAnswer {}

  /** It was not sent, because its name leads nowhere, or where it may not go; which of both is not told. @param reason as of {@link Failed} */
  record Refused(String reason, Duration took) implements PostAnswer {}

  /**
   * It was not sent, because nobody told, or not in time, where its name leads: that may be the fault of this node's name servers.
   *
   * @param reason as of {@link Failed}
   * @param asked whether anybody was asked; false = this node looked up as many names as it may
   */
  record Unresolved(String reason, boolean asked, Duration took) implements PostAnswer {}
}
