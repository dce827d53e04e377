package io.agentbus.insight;

import io.agentbus.config.Home;
import io.agentbus.crypto.SigningKey;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.journal.Fault;
import io.agentbus.journal.Seal;
import io.agentbus.journal.SealedRows;
import io.agentbus.op.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks the journal against its seals: each seal against its hash, its signature and the one before, the rows against the seals, the last
 * seal against the one exported. Also finds rows that stand in no block of ids, so that nothing can be slipped in between.
 */
public final class JournalVerifier {
  private static final int DEFAULT_ROWS = 100_000;
  /** Most seals read at a time. */
  private static final int SEALS = 200;
  /** Most seals checked in one call: a quiet journal has a seal for each row. */
  private static final int MAX_SEALS = 5_000;
  /** Most positions of the unsealed end in which the rows of one caller are counted: the sealer is far behind then, which health tells. */
  private static final long MAX_TAIL = 200_000;
  /** No seal of ours covers more. */
  private static final long MAX_ROWS_OF_A_SEAL = 1_000_000;

  private final Home home;
  private final SigningKey key;
  private final SealExport export;

  public JournalVerifier(Home home, SigningKey key, SealExport export) {
    this.home = home;
    this.key = key;
    this.export = export;
  }

  /**
   * Checks a stretch of the journal; the end of the chain and the unsealed tail are looked at in every call. The whole of the stretch is
   * checked for everybody, since seals cover the rows of all; figures are those of the namespaces that the caller may see.
   */
  public VerifiedJournal verify(Call call, VerifyJournal in) {
    var walls = Scope.of(call.caller(), null).walls();
    return call.sql().inTransaction(tx -> {
      tx.allow(Tx.LONG);
      return check(tx, in, walls);
    });
  }

  private VerifiedJournal check(Sql sql, VerifyJournal in, String[] walls) {
    // Before the database is read: what is exported was committed, so it must be there.
    var pinned = export.pinned();
    var walk = new Walk(sql, in.limit() == null ? DEFAULT_ROWS : in.limit(), walls, pinned == null ? 0 : pinned.toPosition());
    var fault = walk.check(in.fromPosition() == null ? 1 : in.fromPosition());
    var newest = SealStore.newest(sql);
    if (fault == null) {
      fault = endFault(sql, pinned, newest);
    }
    var sealedTo = newest == null ? 0 : newest.to();
    var last = SealStore.reach(sql, sealedTo + 1, 1).newest();
    if (fault == null) {
      fault = tailFault(sql, sealedTo, walk);
    }
    var unsealed = walls.length > 0 ? unsealedOf(SealStore.tail(sql, sealedTo, walls, MAX_TAIL))
        : last > sealedTo ? new VerifiedJournal.Unsealed(sealedTo + 1, last, last - sealedTo) : new VerifiedJournal.Unsealed(null, null, 0);
    var keys = walk.ring.used().entrySet().stream()
        .map(used -> new VerifiedJournal.Key(used.getKey(), used.getValue() ? "home" : "database")).toList();
    var exportedTo = walls.length > 0 ? walk.ownExportedTo : pinned == null ? null : (Long) pinned.toPosition();
    return new VerifiedJournal(fault == null, walk.ownChecked, walls.length > 0 ? walk.ownSealedTo : sealedTo, bad(fault),
        fault == null ? walk.next : null, unsealed, exportedTo, !walk.ring.used().containsValue(false), keys);
  }

  private static VerifiedJournal.Unsealed unsealedOf(SealStore.Tail tail) {
    return new VerifiedJournal.Unsealed(tail.first(), tail.last(), tail.rows());
  }

  private static VerifiedJournal.@Nullable FirstBad bad(@Nullable Fault fault) {
    return fault == null ? null
        : new VerifiedJournal.FirstBad(fault.position(), fault.journalId(), fault.what().name().toLowerCase(Locale.ROOT), fault.detail());
  }

  private static @Nullable Fault endFault(Sql sql, SealExport.@Nullable Pinned pinned, @Nullable Seal newest) {
    if (pinned == null) {
      return null;
    }
    var there = SealStore.byNo(sql, pinned.sealNo());
    if (there == null) {
      return new Fault(newest == null ? 1 : newest.to() + 1, null, Fault.What.SEALS_MISSING,
          "This node exported seal " + pinned.sealNo() + ", which is gone; the database ends with " + (newest == null ? "none" : newest.no()) + ".");
    }
    return pinned.is(there) ? null
        : new Fault(pinned.fromPosition(), null, Fault.What.SEAL_BROKEN, "Seal " + pinned.sealNo() + " is not the one that this node exported.");
  }

  private static @Nullable Fault tailFault(Sql sql, long sealedTo, Walk walk) {
    var hole = SealStore.hole(sql, sealedTo);
    if (hole != null) {
      return new Fault(hole, null, Fault.What.MISSING, "No row has this position, although later ones exist.");
    }
    if (walk.next != null) {
      return null;
    }
    var stray = SealStore.stray(sql, walk.lastBlock, Long.MAX_VALUE);
    return stray != null ? stray : SealStore.incomplete(sql, sealedTo);
  }

  /** One walk along the seals. */
  private final class Walk {
    private final Sql sql;
    private final long limit;
    private final String[] walls;
    private final long exportedTo;
    private final KeyRing ring;
    private long checked;
    /** The same of the rows that the caller may count, which are all when it has no walls. */
    private long ownChecked;
    private long ownSealedTo;
    private @Nullable Long ownExportedTo;
    /** First id of the last block checked: strays before it were looked for. */
    private long lastBlock = Long.MIN_VALUE;
    private @Nullable Long next;
    private @Nullable Seal before;

    Walk(Sql sql, long limit, String[] walls, long exportedTo) {
      this.sql = sql;
      this.limit = limit;
      this.walls = walls;
      this.exportedTo = exportedTo;
      this.ring = KeyRing.of(KeyRing.vouchedBy(home, key), SealStore.keys(sql));
    }

    @Nullable Fault check(long fromPosition) {
      var start = SealStore.covering(sql, fromPosition);
      var no = fromPosition <= 1 || start == null ? 1 : start.no();
      if (start == null && fromPosition > 1) {
        // Behind the last seal: the end alone is checked.
        before = SealStore.newest(sql);
        no = before == null ? 1 : before.no() + 1;
      } else if (no > 1) {
        before = SealStore.byNo(sql, no - 1);
      }
      if (before != null) {
        var block = SealStore.lastBlock(sql, before);
        lastBlock = block == null ? lastBlock : block;
      }
      for (var seals = 0; seals < MAX_SEALS;) {
        var batch = SealStore.from(sql, no, SEALS);
        if (batch.isEmpty()) {
          return null;
        }
        var chunk = new ArrayList<Seal>();
        var fault = chain(batch, chunk);
        var rowFault = rows(chunk);
        if (rowFault != null || fault != null) {
          return rowFault != null ? rowFault : fault;
        }
        seals += chunk.size();
        no = chunk.getLast().no() + 1;
        if (checked >= limit) {
          break;
        }
      }
      var last = before;
      next = last == null || SealStore.byNo(sql, last.no() + 1) == null ? null : last.to() + 1;
      return null;
    }

    /** Takes over the seals that hold, up to the limit of rows; answers what is wrong with the first that does not. */
    private @Nullable Fault chain(List<Seal> batch, List<Seal> chunk) {
      var rows = checked;
      for (var seal : batch) {
        if (rows >= limit) {
          return null;
        }
        var fault = fault(seal);
        if (fault != null) {
          return fault;
        }
        chunk.add(seal);
        before = seal;
        rows += seal.rows();
      }
      return null;
    }

    private @Nullable Fault fault(Seal seal) {
      var previous = before;
      if (previous == null && seal.no() > 1 || previous != null && seal.no() > previous.no() + 1) {
        return new Fault(previous == null ? 1 : previous.to() + 1, null, Fault.What.SEALS_MISSING,
            "Seal " + (previous == null ? 1 : previous.no() + 1) + " is gone.");
      }
      if (!seal.hashHolds()) {
        return broken(seal, "was changed");
      }
      if (seal.rows() < 1 || seal.rows() > MAX_ROWS_OF_A_SEAL) {
        return broken(seal, "covers " + seal.rows() + " rows");
      }
      if (previous == null ? !seal.isFirst() : !seal.follows(previous)) {
        return broken(seal, "does not follow the one before");
      }
      var signer = ring.find(seal.keyId());
      if (signer == null) {
        return broken(seal, "names the key " + seal.keyId() + ", which nobody knows");
      }
      return SigningKey.verify(signer, Seal.signed(seal.hash()), seal.signature()) ? null : broken(seal, "is not signed by the key it names");
    }

    private Fault broken(Seal seal, String why) {
      return new Fault(seal.from(), null, Fault.What.SEAL_BROKEN, "Seal " + seal.no() + " " + why + ".");
    }

    /** Compares the rows that these seals cover, which hold in themselves. */
    private @Nullable Fault rows(List<Seal> chunk) {
      if (chunk.isEmpty()) {
        return null;
      }
      var digests = SealStore.digests(sql, chunk, walls);
      for (var seal : chunk) {
        var covered = digests.get(seal.no());
        var digest = covered == null ? null : covered.digest();
        if (digest == null || digest.rows() != seal.rows() || !Arrays.equals(digest.rowsHash(), seal.rowsHash())) {
          return SealedRows.firstFault(seal, SealStore.rows(sql, seal.from(), seal.to()));
        }
        checked += digest.rows();
        ownChecked += covered.ownRows();
        if (covered.ownTo() != null) {
          ownSealedTo = covered.ownTo();
          ownExportedTo = seal.to() <= exportedTo ? covered.ownTo() : ownExportedTo;
        }
      }
      var block = SealStore.lastBlock(sql, chunk.getLast());
      if (block == null || block <= lastBlock) {
        return null;
      }
      var stray = SealStore.stray(sql, lastBlock, block);
      lastBlock = block;
      return stray;
    }
  }
}
