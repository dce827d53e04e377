package io.agentbus.subscription;

/** How many events to read in one page: fewer where they are large, and much fewer after a page that failed. Serves one thread. */
final class PageRows {
  private final int max;
  private int most;
  private int rows;

  /** @param max events of a page at most */
  PageRows(int max) {
    this.max = max;
    this.most = max;
    this.rows = max;
  }

  int rows() {
    return rows;
  }

  /** A page was read. @param full whether it ended because of its bytes, so that further events were read in vain */
  void read(int events, boolean full) {
    rows = Math.min(most, 2 * (full ? events : rows));
  }

  /** A page was handed out. What made an earlier one fail may stand in the next: it grows slowly again. */
  void succeeded() {
    most = Math.min(max, most + Math.max(1, most / 16));
  }

  /** A page failed; a statement may have taken too long over it. */
  void failed() {
    most = Math.max(1, Math.min(rows, most) / 8);
    rows = most;
  }
}
