package io.agentbus.door.mcp.bus;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The URI of a resource that belongs to a job.
 *
 * @param id of the job
 * @param timeline whether its timeline is meant
 */
record JobUri(UUID id, boolean timeline) {
  private static final Pattern FORM =
      Pattern.compile("agentbus://jobs/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(/timeline)?");

  /** Null for any other. */
  static @Nullable JobUri of(String uri) {
    var parts = FORM.matcher(uri);
    return parts.matches() ? new JobUri(UUID.fromString(parts.group(1)), parts.group(2) != null) : null;
  }
}
