package io.agentbus.campaign;

/** Forms of the evidence page. */
public enum PageFormat {
  /** No page, only the fields. */
  JSON,
  MARKDOWN,
  HTML
}
