// Drives the bridges of one node with foreign clients: node bus-clients.mjs BASE_URL BUS_PORT OPERATOR_TOKEN. Prints what
// each of them could do, and exits 1 when one could not do something.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import WebSocket from 'ws';

const require = createRequire(import.meta.url);
const [base, port, operator] = process.argv.slice(2);
const wrong = `aba_${'x'.repeat(43)}`;
const wait = 10_000;

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

function soon(what, work) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${what}: nothing within ${wait} ms`)), wait);
    const settle = (how) => (value) => { clearTimeout(late); how(value); };
    work(settle(resolve), settle(reject));
  });
}

/** The clients that know of addresses and handlers are alike, whatever they stand on. */
function bus(client, close) {
  client.onerror = () => {};
  return {
    open: () => soon('open', (resolve) => { client.onopen = resolve; }),
    request: (address, body, headers = {}) => soon(address, (resolve, reject) => {
      client.send(address, body, headers, (error, message) => (error ? reject(Object.assign(new Error(error.message), error)) : resolve(message.body)));
    }),
    hear: (address, hearer) => client.registerHandler(address, {}, (error, message) => hearer(error, message?.body, (body) => message.reply(body))),
    publish: (address, body) => soon('publish', (resolve) => { client.onerror = resolve; client.publish(address, body); }),
    close,
  };
}

function sockJs(module) {
  return (query = '') => {
    const EventBus = require(module);
    const client = new EventBus(`${base}/eventbus${query}`, { vertxbus_ping_interval: 1000 });
    return bus(client, () => client.close());
  };
}

function tcp() {
  const EventBus = require('vertx3-tcp-eventbus-client/lib/tcp-vertx-eventbus.js');
  const client = new EventBus('127.0.0.1', Number(port), { vertxbus_ping_interval: 1000 });
  return bus(client, () => client.transport.end());
}

function plain(query = '') {
  const socket = new WebSocket(`${base.replace('http', 'ws')}/eventbus/websocket${query}`);
  const hearers = new Map();
  let other = () => {};
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const frame = JSON.parse(data);
    (hearers.get(frame.address) ?? other)(frame);
  });
  const send = (frame) => socket.send(JSON.stringify(frame));
  return {
    open: () => soon('open', (resolve, reject) => { socket.on('open', resolve); socket.on('error', reject); }),
    request: (address, body, headers = {}) => soon(address, (resolve, reject) => {
      const replyAddress = randomUUID();
      hearers.set(replyAddress, (frame) => (frame.type === 'err' ? reject(Object.assign(new Error(frame.message), frame)) : resolve(frame.body)));
      send({ type: 'send', address, replyAddress, headers, body });
    }),
    hear: (address, hearer) => {
      hearers.set(address, (frame) => hearer(frame.type === 'err' ? frame : null, frame.body,
        (body) => send({ type: 'send', address: frame.replyAddress, body })));
      send({ type: 'register', address });
    },
    publish: (address, body) => soon('publish', (resolve) => { other = resolve; send({ type: 'publish', address, body }); }),
    close: () => socket.close(),
  };
}

const clients = [
  ['@vertx/eventbus-bridge-client.js', sockJs('@vertx/eventbus-bridge-client.js'), true],
  ['vertx3-eventbus-client', sockJs('vertx3-eventbus-client'), true],
  ['vertx3-tcp-eventbus-client', tcp, false],
  ['ws', plain, true],
];

/** What every client is tried with; each gets a connection of its own. */
const checks = {
  async login(connect, name, token) {
    const client = await connect();
    const let_in = await client.request('agentbus.auth', { token });
    assert.equal(let_in.caller, `agent:acme/${name}`);
    return client;
  },
  async request(connect, name, token) {
    const client = await checks.login(connect, name, token);
    assert.equal((await client.request('agentbus.op.whoami', {})).name, name);
    const key = { 'idempotency-key': randomUUID() };
    const job = await client.request('agentbus.op.enqueue_job', { subject: 's', target_agent: name }, key);
    assert.equal((await client.request('agentbus.op.enqueue_job', { subject: 's', target_agent: name }, key)).id, job.id);
    return client;
  },
  async failure(connect, name, token) {
    const client = await checks.login(connect, name, token);
    await assert.rejects(client.request('agentbus.op.get_job', { job_id: randomUUID() }), (error) => error.failureCode === 404
      && error.failureType === 'RECIPIENT_FAILURE' && JSON.parse(error.message).code === 'not_found');
    return client;
  },
  async events(connect, name, token) {
    const client = await checks.login(connect, name, token);
    const event = soon('event', (resolve, reject) => client.hear(`agentbus.event.${name}.*`, (error, body) => (error ? reject(error) : resolve(body))));
    await client.request('agentbus.op.whoami', {});
    await rest('emit_event', { namespace: 'globex', topic: `${name}.done`, payload: { n: 1 } });
    await rest('emit_event', { namespace: 'acme', topic: `${name}.done`, payload: { n: 2 } });
    assert.deepEqual((await event).payload, { n: 2 });
    return client;
  },
  async work(connect, name, token) {
    const client = await checks.login(connect, name, token);
    await client.request('agentbus.op.update_agent', { agent: name, channel: 'eventbus' });
    const brought = soon('job', (resolve, reject) => client.hear(`agentbus.agent.acme.${name}`, (error, job, reply) => {
      if (error) {
        reject(error);
      } else {
        reply({});
        resolve(job);
      }
    }));
    await client.request('agentbus.op.enqueue_job', { subject: 's', target_agent: name });
    const { id, fence } = await brought;
    const done = await client.request('agentbus.op.complete_job', { job_id: id, fence });
    assert.equal(done.status, 'succeeded');
    return client;
  },
  async denied(connect, name, token) {
    const client = await checks.login(connect, name, token);
    await assert.rejects(client.request('some.service', {}), (error) => error.failureCode === 403 && error.message === 'access_denied');
    const refused = await client.publish('agentbus.event.x', {});
    assert.equal(refused.body ?? refused.message, 'access_denied');
    return client;
  },
  async wrongToken(connect) {
    const client = await connect();
    await assert.rejects(client.request('agentbus.auth', { token: wrong }), (error) => error.failureCode === 401);
    await assert.rejects(client.request('agentbus.op.whoami', {}), (error) => error.failureCode === 403);
    return client;
  },
  async ticket(connect, name, token, takesQuery) {
    const { ticket } = await rest('create_ticket', {}, token);
    const client = await connect(takesQuery ? `?ticket=${ticket}` : '');
    if (!takesQuery) {
      await client.request('agentbus.auth', { ticket });
    }
    assert.equal((await client.request('agentbus.op.whoami', {})).name, name);
    const again = await connect();
    await assert.rejects(again.request('agentbus.auth', { ticket }), (error) => error.failureCode === 401);
    again.close();
    return client;
  },
};

// The TCP client reports every pong as a message for nobody.
console.warn = () => {};
let failed = 0;
const rows = [];
for (const [package_, make, takesQuery] of clients) {
  const row = { client: package_ };
  for (const [what, check] of Object.entries(checks)) {
    const name = `${package_.replace(/[^a-z0-9]/g, '')}-${what.toLowerCase()}`;
    const connect = async (query) => {
      const client = make(query);
      await client.open();
      return client;
    };
    try {
      (await check(connect, name, await register(name), takesQuery)).close();
      row[what] = 'ok';
    } catch (error) {
      failed += 1;
      row[what] = 'FAILED';
      console.log(`FAILED: ${package_}, ${what}: ${error?.stack ?? error}`);
    }
  }
  rows.push(row);
}
console.table(rows);
process.exit(failed === 0 ? 0 : 1);
