package io.agentbus.db.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** As whom Postgres runs. It refuses to run as root, so root needs a way to be somebody else. */
sealed interface PgUser {

  /** The command as this user runs it. */
  List<String> wrap(List<String> command);

  /** Gives a file or a folder, with all in it, to this user. */
  void own(Path path) throws IOException;

  /**
   * This user, able to walk to {@code folders}. Those below {@code home} are opened for passing through; what lies above
   * them keeps its modes.
   *
   * @throws IllegalStateException when it cannot; the message says what to do
   */
  PgUser reaching(Path home, List<Path> folders) throws IOException;

  /** An ordinary user: nothing to do. */
  record Direct() implements PgUser {
    @Override
    public List<String> wrap(List<String> command) {
      return command;
    }

    @Override
    public void own(Path path) {}

    @Override
    public PgUser reaching(Path home, List<Path> folders) {
      return this;
    }
  }

  /**
   * Root within a user namespace of its own, where it is nobody: Postgres is content, while the files stay those of
   * root and may lie anywhere.
   */
  record Unshared() implements PgUser {
    @Override
    public List<String> wrap(List<String> command) {
      return prefixed(command, "unshare", "-U");
    }

    @Override
    public void own(Path path) {}

    @Override
    public PgUser reaching(Path home, List<Path> folders) {
      return this;
    }
  }

  /**
   * Root that hands over to another user of the machine, to whom the data belong.
   *
   * @param throughClosed whether it is let through folders that are closed to it, as the home of root is. It may then
   *     read what root may read, which is what {@link Unshared} may as well
   */
  record Switched(int uid, int gid, boolean throughClosed) implements PgUser {
    private static final String CAPABILITY = "+dac_override";

    Switched(int uid, int gid) {
      this(uid, gid, false);
    }

    @Override
    public List<String> wrap(List<String> command) {
      var prefix = new ArrayList<>(List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups"));
      if (throughClosed) {
        prefix.add("--inh-caps=" + CAPABILITY);
        prefix.add("--ambient-caps=" + CAPABILITY);
        // access(2), with which Postgres looks for its own programs, forgets capabilities otherwise.
        prefix.add("--securebits=+no_setuid_fixup");
      }
      prefix.add("--");
      prefix.addAll(command);
      return List.copyOf(prefix);
    }

    @Override
    public void own(Path path) throws IOException {
      try (var walk = Files.walk(path)) {
        for (var file : walk.toList()) {
          Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
          Files.setAttribute(file, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
        }
      }
    }

    @Override
    public PgUser reaching(Path home, List<Path> folders) throws IOException {
      for (var folder : folders) {
        // Passing through, not listing: the secrets in the home keep their own modes.
        for (var ours = folder; ours.startsWith(home); ours = ours.getParent()) {
          var permissions = Files.getPosixFilePermissions(ours);
          if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
            Files.setPosixFilePermissions(ours, permissions);
          }
        }
      }
      for (var user : List.of(this, new Switched(uid, gid, true))) {
        if (folders.stream().allMatch(user::reaches)) {
          return user;
        }
      }
      throw new IllegalStateException("Postgres does not run as root, and the user " + uid + " it would run as cannot"
          + " reach " + folders + ". Choose a home that everybody can walk to, such as /var/lib/agentbus. "
          + EmbeddedPostgres.GIVE_A_URL);
    }

    private boolean reaches(Path folder) {
      return PgCommand.run(wrap(List.of("/bin/sh", "-c", "cd \"$1\"", "sh", folder.toString())), Path.of("/"), LIMIT).ok();
    }
  }

  /** How long one of the small programs here may take. */
  Duration LIMIT = Duration.ofSeconds(10);

  /**
   * The way that works here, tried in this order: as we are; in a user namespace; as another user. Data that are there
   * stay with the user they belong to.
   *
   * @param data the data folder, which may be missing
   * @throws IllegalStateException when no way works
   */
  static PgUser choose(Path data) {
    try {
      if (!isRoot()) {
        return new Direct();
      }
      if (Files.exists(data)) {
        var owner = id(data, "uid");
        if (owner != 0) {
          return new Switched(owner, id(data, "gid"));
        }
      }
      if (runs(new Unshared())) {
        return new Unshared();
      }
      var other = otherUser();
      if (other.isPresent() && runs(other.get())) {
        return other.get();
      }
    } catch (IOException e) {
      throw new IllegalStateException("Postgres does not run as root, and no other user can be found: " + e.getMessage()
          + ". " + EmbeddedPostgres.GIVE_A_URL, e);
    }
    throw new IllegalStateException("Postgres does not run as root, and neither 'unshare -U' nor 'setpriv' works here. "
        + "Start agentbus as an ordinary user. " + EmbeddedPostgres.GIVE_A_URL);
  }

  private static boolean runs(PgUser user) {
    try {
      return PgCommand.run(user.wrap(List.of("true")), Path.of("/"), LIMIT).ok();
    } catch (IllegalStateException e) {
      // The program is missing; the next way may be there.
      return false;
    }
  }

  private static boolean isRoot() throws IOException {
    var probe = Files.createTempFile("agentbus", ".uid");
    try {
      return id(probe, "uid") == 0;
    } finally {
      Files.delete(probe);
    }
  }

  private static int id(Path path, String attribute) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:" + attribute);
  }

  /** The user {@code postgres}, else {@code nobody}. */
  static Optional<PgUser> otherUser() throws IOException {
    var users = new HashMap<String, PgUser>();
    for (var line : Files.readAllLines(Path.of("/etc/passwd"))) {
      var fields = line.split(":");
      if (fields.length > 3 && fields[2].matches("[1-9]\\d{0,8}") && fields[3].matches("\\d{1,9}")) {
        users.put(fields[0], new Switched(Integer.parseInt(fields[2]), Integer.parseInt(fields[3])));
      }
    }
    return Optional.ofNullable(users.getOrDefault("postgres", users.get("nobody")));
  }

  private static List<String> prefixed(List<String> command, String... prefix) {
    var all = new ArrayList<>(List.of(prefix));
    all.addAll(command);
    return List.copyOf(all);
  }
}
