/**
 * The catalogue over HTTP: a route for every operation and {@code POST /api/v1/op/<name>} for each, the event stream,
 * and the pages that describe problems. It translates and decides nothing: what a call may do is the catalogue's
 * business.
 */
@NullMarked
package io.agentbus.door.rest;

import org.jspecify.annotations.NullMarked;
