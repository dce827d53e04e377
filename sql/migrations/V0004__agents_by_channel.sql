-- Agents to whom work is brought are looked for every few seconds, and most agents come for theirs. While the index is built, agents
-- are neither registered nor changed (SHARE on agents); claims go on.

CREATE INDEX agents_channel_idx ON agents (channel, agent_no) WHERE channel <> 'pull';
