package io.agentbus.door.mcp.modern;

import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.rpc.Shortened;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A value as mirrored headers carry it: plain ASCII, or base64 between two marks where it is not. */
final class HeaderValue {
  private static final String BEGIN = "=?base64?";
  private static final String END = "?=";

  private HeaderValue() {}

  /** What a header means. @throws RpcError header mismatch, for what no client may send */
  static String decode(String header, String sent) {
    var value = sent.strip();
    for (var at = 0; at < value.length(); at++) {
      var c = value.charAt(at);
      if (c != '\t' && (c < 0x20 || c > 0x7e)) {
        throw mismatch("The header " + header + " holds a character that is not printable ASCII; encode it as "
            + BEGIN + "..." + END + ".");
      }
    }
    if (!value.startsWith(BEGIN) || !value.endsWith(END) || value.length() < BEGIN.length() + END.length()) {
      return value;
    }
    var encoded = value.substring(BEGIN.length(), value.length() - END.length());
    try {
      // The decoder takes text whose padding is missing.
      if (encoded.length() % 4 == 0) {
        var bytes = Base64.getDecoder().decode(encoded);
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      }
    } catch (IllegalArgumentException | CharacterCodingException wrong) {
      // told below
    }
    throw mismatch("The header " + header + " holds '" + Shortened.of(encoded) + "', which is not base64 of UTF-8.");
  }

  static RpcError mismatch(String message) {
    return RpcError.of(RpcError.HEADER_MISMATCH, 400, message, null);
  }
}
