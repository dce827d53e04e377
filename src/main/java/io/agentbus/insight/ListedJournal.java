package io.agentbus.insight;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of the journal. */
public record ListedJournal(
    @Field(value = "The rows by rising position. Rows of the last moment that have no position yet come with a later page.", required = true)
        List<JournalEntry> items,
    @Field(value = "Send as cursor for the next page; null when there was nothing further. A page can hold fewer rows than asked for, or none,"
        + " and still have a next one: a look ends after so many rows of others.") @Nullable String next) {}
