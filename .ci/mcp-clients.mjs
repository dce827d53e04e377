// Drives one node with foreign MCP clients: node mcp-clients.mjs BASE_URL OPERATOR_TOKEN. Exits 1 when one of them could
// not do what a host does: list, call, hear a refusal, give up waiting.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client';

const [base, operator] = process.argv.slice(2);
const url = `${base}/mcp`;
const run = promisify(execFile);
const inspector = createRequire(import.meta.url)
  .resolve('@modelcontextprotocol/inspector/package.json').replace('package.json', 'clients/launcher/build/index.js');
let failed = 0;

async function rest(operation, input, token = operator) {
  const answer = await fetch(`${base}/api/v1/op/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(input),
  });
  const body = await answer.json();
  assert.ok(answer.ok, JSON.stringify(body));
  return body;
}

async function register(name) {
  const { join_token } = await rest('create_join_token', { namespace: 'acme' });
  return (await rest('register_agent', { join_token, name, concurrency: 0 }, null)).agent_token;
}

async function check(what, work) {
  try {
    const said = await work();
    console.log(`ok: ${what}${said ? ` (${said})` : ''}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${what}: ${error?.stack ?? error}`);
  }
}

/** What a host does, with either generation of the SDK. */
async function useSdk(client, transport, agent) {
  await client.connect(transport);
  try {
    const { tools } = await client.listTools();
    assert.ok(tools.some((tool) => tool.name === 'claim_jobs') && tools.some((tool) => tool.name === 'complete_job'));
    const me = await client.callTool({ name: 'whoami', arguments: {} });
    assert.equal(me.structuredContent.name, agent);
    const refused = await client.callTool({ name: 'enqueue_job', arguments: { subjekt: 's' } });
    assert.equal(refused.isError, true);
    assert.match(refused.content[0].text, /^invalid_input: .*did you mean 'subject'/s);
    await assert.rejects(client.callTool({ name: 'retry_job', arguments: {} }), /-32602|no tool/);
    assert.ok((await client.readResource({ uri: 'agentbus://glossary' })).contents[0].text.includes('fence'));
    assert.equal((await client.getPrompt({ name: 'worker_contract' })).messages.length, 1);
    await cancelLongPoll(client, agent);
    await doJob(client, agent);
    return client.getProtocolEra ? `${client.getProtocolEra()} ${client.getNegotiatedProtocolVersion()}` : transport.protocolVersion;
  } finally {
    await transport.terminateSession?.().catch(() => {});
    await client.close();
  }
}

/** A claim that is cancelled while it waits must end, and must not take the job that comes afterwards. */
async function cancelLongPoll(client, agent) {
  const stop = new AbortController();
  const waiting = client.callTool({ name: 'claim_jobs', arguments: { wait_seconds: 40 } },
    ...options(client, { signal: stop.signal, onprogress: () => stop.abort('enough') }));
  await assert.rejects(waiting);
  return staysQueued(agent);
}

async function staysQueued(agent) {
  const job = await rest('enqueue_job', { namespace: 'acme', subject: 'later', target_agent: agent });
  // Who still waited would have it within milliseconds.
  for (let looks = 0; looks < 10; looks += 1) {
    assert.equal((await rest('get_job', { job_id: job.id })).status, 'queued');
    await pause();
  }
}

function pause() {
  return new Promise((next) => { setTimeout(next, 100); });
}

/** The same with a program that is killed while it waits: it can tell nobody that it goes. */
async function killLongPoll(era, token, agent) {
  const waiting = spawn(process.execPath, [inspector, ...inspectorFlags(era, token), '--method', 'tools/call', '--tool-name',
    'claim_jobs', '--tool-arg', 'wait_seconds=40'], { stdio: 'ignore' });
  const ended = new Promise((then) => { waiting.on('exit', then); });
  try {
    // The first that is heard of this agent is that it claims.
    for (let looks = 0; looks < 150 && !(await rest('get_agent', { namespace: 'acme', agent })).last_heartbeat_at; looks += 1) {
      assert.equal(waiting.exitCode, null, 'it did not wait');
      await pause();
    }
    assert.ok((await rest('get_agent', { namespace: 'acme', agent })).last_heartbeat_at, 'it never claimed');
  } finally {
    waiting.kill('SIGKILL');
  }
  await ended;
  return staysQueued(agent);
}

/** SDK v1 takes a schema between parameters and options. */
function options(client, given) {
  return client instanceof ClientV1 ? [undefined, given] : [given];
}

async function doJob(client, agent) {
  const claimed = (await client.callTool({ name: 'claim_jobs', arguments: { wait_seconds: 5 } })).structuredContent.jobs[0];
  const attempt = { job_id: claimed.id, fence: claimed.fence };
  await client.callTool({ name: 'mark_running_job', arguments: attempt });
  const done = await client.callTool({ name: 'complete_job', arguments: { ...attempt, result: { by: agent } } });
  assert.equal(done.structuredContent.status, 'succeeded');
  const stale = await client.callTool({ name: 'complete_job', arguments: { ...attempt, fence: attempt.fence + 1 } });
  assert.equal(stale.isError, true);
  assert.match(stale.content[0].text, /^lease_lost: .*Stop working/s);
}

function inspectorFlags(era, token) {
  return ['--cli', url, '--transport', 'http', '--protocol-era', era, '--header', `Authorization: Bearer ${token}`, '--format',
    'json'];
}

async function inspect(era, token, ...rest) {
  const { stdout } = await run(process.execPath, [inspector, ...inspectorFlags(era, token), ...rest], { maxBuffer: 1 << 26 })
    // A tool that refuses is told by the exit code too; what it said is on stdout.
    .catch((error) => { if (error.stdout) return error; throw error; });
  const text = stdout.trim();
  return JSON.parse(text.slice(text.indexOf('{')));
}

const info = { name: 'agentbus-ci', version: '1' };
await check('TypeScript SDK v1', async () => {
  const token = await register('ts-v1');
  const transport = new TransportV1(new URL(url), { requestInit: { headers: { Authorization: `Bearer ${token}` } } });
  return useSdk(new ClientV1(info), transport, 'ts-v1');
});
for (const [mode, negotiation] of [['default', undefined], ['auto', { mode: 'auto' }], ['pinned', { mode: { pin: '2026-07-28' } }]]) {
  await check(`TypeScript SDK v2, ${mode}`, async () => {
    const agent = `ts-v2-${mode}`;
    const token = await register(agent);
    const client = new ClientV2(info, negotiation && { versionNegotiation: negotiation });
    const transport = new TransportV2(new URL(url), { requestInit: { headers: { Authorization: `Bearer ${token}` } } });
    return useSdk(client, transport, agent);
  });
}
for (const era of ['legacy', 'auto', 'modern']) {
  await check(`Inspector, ${era}`, async () => {
    const agent = `inspector-${era}`;
    const token = await register(agent);
    const listed = await inspect(era, token, '--method', 'tools/list', '--strict');
    const tools = (listed.result ?? listed).tools;
    const me = await inspect(era, token, '--method', 'tools/call', '--tool-name', 'whoami');
    assert.equal((me.result ?? me).structuredContent.name, agent);
    const refused = await inspect(era, token, '--method', 'tools/call', '--tool-name', 'get_job', '--tool-arg', 'job_id=1');
    assert.match(JSON.stringify(refused), /invalid_input: /);
    await killLongPoll(era, token, agent);
    return `${tools.length} tools`;
  });
}
await check('no client comes in with a wrong token', async () => {
  const wrong = { requestInit: { headers: { Authorization: 'Bearer aba_wrong' } } };
  await assert.rejects(new ClientV1(info).connect(new TransportV1(new URL(url), wrong)));
  for (const mode of ['auto', { pin: '2026-07-28' }]) {
    await assert.rejects(new ClientV2(info, { versionNegotiation: { mode } }).connect(new TransportV2(new URL(url), wrong)));
  }
  for (const era of ['legacy', 'modern']) {
    await assert.rejects(inspect(era, 'aba_wrong', '--method', 'tools/list'));
  }
});
process.exit(failed === 0 ? 0 : 1);
