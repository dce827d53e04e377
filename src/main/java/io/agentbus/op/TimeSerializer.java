package io.agentbus.op;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Writes a time just as {@link DateTimeFormatter#ISO_OFFSET_DATE_TIME} does. That formatter walks a tree of printers for each of the
 * four times in a job: for those in UTC, which are nearly all, the digits are put down directly.
 */
final class TimeSerializer extends StdSerializer<OffsetDateTime> {
  private static final long serialVersionUID = 1;
  private static final int MOST = 30;

  TimeSerializer() {
    super(OffsetDateTime.class);
  }

  @Override
  public void serialize(OffsetDateTime time, JsonGenerator json, SerializerProvider provider) throws IOException {
    if (!time.getOffset().equals(ZoneOffset.UTC) || time.getYear() < 0 || time.getYear() > 9999) {
      json.writeString(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time));
      return;
    }
    var text = new char[MOST];
    put(text, 0, time.getYear(), 4);
    text[4] = '-';
    put(text, 5, time.getMonthValue(), 2);
    text[7] = '-';
    put(text, 8, time.getDayOfMonth(), 2);
    text[10] = 'T';
    put(text, 11, time.getHour(), 2);
    text[13] = ':';
    put(text, 14, time.getMinute(), 2);
    text[16] = ':';
    put(text, 17, time.getSecond(), 2);
    var end = 19;
    if (time.getNano() > 0) {
      text[end] = '.';
      put(text, end + 1, time.getNano(), 9);
      end += 10;
      while (text[end - 1] == '0') {
        end--;
      }
    }
    text[end++] = 'Z';
    json.writeString(text, 0, end);
  }

  private static void put(char[] text, int at, int number, int digits) {
    var left = number;
    for (var i = at + digits - 1; i >= at; i--) {
      text[i] = (char) ('0' + left % 10);
      left /= 10;
    }
  }
}
