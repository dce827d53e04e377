package io.agentbus.contract;

import io.agentbus.testkit.PgDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Checksums of all that the bus keeps. Left out is what may follow from an attempt that was refused: when a token was used, when an
 * agent was heard of, what was read, and the journal's word of the refusal.
 */
final class Tables implements AutoCloseable {
  private static final Set<String> ASIDE = Set.of("read_log", "agent_presence", "dispatcher_heartbeats", "served_clock", "journal_positions",
      "journal_seals", "journal_pending");
  private final Connection connection;
  private final String query;
  /** Of the journal, the newest refusal that was told. */
  private long told = -1;

  Tables(PgDatabase database) throws SQLException {
    connection = database.connect();
    var parts = new ArrayList<String>();
    for (var table : names()) {
      var row = table.equals("tokens") ? "(to_jsonb(x) - 'last_used_at')" : "x";
      var which = table.equals("journal") ? " WHERE NOT detail ? 'refused'".replace("?", "??") : "";
      parts.add("SELECT '" + table + "', count(*) || ' rows ' || md5(coalesce(string_agg(" + row + "::text, chr(10) ORDER BY " + row
          + "::text), '')) FROM agentbus." + table + " x" + which);
    }
    query = String.join(" UNION ALL ", parts);
  }

  private List<String> names() throws SQLException {
    try (var rows = connection.createStatement().executeQuery("SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        + " WHERE n.nspname = 'agentbus' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1")) {
      var names = new ArrayList<String>();
      while (rows.next()) {
        if (!ASIDE.contains(rows.getString(1))) {
          names.add(rows.getString(1));
        }
      }
      return names;
    }
  }

  /** By table, how many rows it has and their checksum. */
  Map<String, String> checksums() throws SQLException {
    try (var statement = connection.prepareStatement(query); var rows = statement.executeQuery()) {
      var sums = new TreeMap<String, String>();
      while (rows.next()) {
        sums.put(rows.getString(1), rows.getString(2));
      }
      return sums;
    }
  }

  /** What the journal tells of refusals since this was last asked, oldest first: the operation and the code. */
  List<String> newRefusals() throws SQLException {
    try (var statement = connection.prepareStatement("SELECT id, action || ' ' || (detail->>'refused') FROM agentbus.journal"
        + " WHERE id > ? AND detail ?? 'refused' ORDER BY id")) {
      statement.setLong(1, told);
      try (var rows = statement.executeQuery()) {
        var found = new ArrayList<String>();
        while (rows.next()) {
          told = rows.getLong(1);
          found.add(rows.getString(2));
        }
        return found;
      }
    }
  }

  /** The tables in which two states differ, in words; empty when they are equal. */
  static String difference(Map<String, String> before, Map<String, String> after) {
    return before.keySet().stream().filter(table -> !before.get(table).equals(after.get(table)))
        .map(table -> table + ": " + before.get(table) + " -> " + after.get(table)).collect(Collectors.joining("; "));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
