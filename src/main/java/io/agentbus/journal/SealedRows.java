package io.agentbus.journal;

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;

/** Finds the row for which a seal does not hold. */
public final class SealedRows {
  private SealedRows() {}

  /**
   * A row as it is now.
   *
   * @param position its position
   * @param journalId its id
   * @param mark the first {@value Seal#MARK} bytes of its digest
   */
  public record Row(long position, long journalId, byte[] mark) {}

  /**
   * The first fault of the rows that a seal covers. To be asked when the hash of the rows is not that of the seal, or their number.
   *
   * @param rows by rising position, those the seal covers
   */
  public static Fault firstFault(Seal seal, List<Row> rows) {
    var marks = new HashSet<String>();
    for (var position = seal.from(); position <= seal.to(); position++) {
      var mark = seal.mark(position);
      if (mark == null) {
        return new Fault(position, null, Fault.What.SEAL_BROKEN, "The seal has no mark for this position.");
      }
      marks.add(HexFormat.of().formatHex(mark));
    }
    var expected = seal.from();
    for (var i = 0; i < rows.size(); i++) {
      var row = rows.get(i);
      if (row.position() > expected) {
        return missing(expected);
      }
      if (i + 1 < rows.size() && rows.get(i + 1).position() == expected) {
        // Of two rows with one position, the one that was not sealed is the wrong one.
        var wrong = Arrays.equals(row.mark(), seal.mark(expected)) ? rows.get(i + 1) : row;
        return new Fault(expected, wrong.journalId(), Fault.What.INSERTED, "Two rows have this position; one was not sealed.");
      }
      if (!Arrays.equals(row.mark(), seal.mark(expected))) {
        return marks.contains(HexFormat.of().formatHex(row.mark()))
            ? new Fault(expected, row.journalId(), Fault.What.REORDERED, "The row that stands here was sealed at another position.")
            : new Fault(expected, row.journalId(), Fault.What.EDITED, "The row does not say what it said when it was sealed.");
      }
      expected++;
    }
    if (expected <= seal.to()) {
      return missing(expected);
    }
    return new Fault(seal.from(), null, Fault.What.REORDERED, "The rows say what was sealed, but under other ids.");
  }

  private static Fault missing(long position) {
    return new Fault(position, null, Fault.What.MISSING, "No row has this position.");
  }
}
