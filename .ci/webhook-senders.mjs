// Posts webhooks to one node with other people's code: node webhook-senders.mjs BASE_URL OPERATOR_TOKEN. Each must be taken once, refused
// with one byte flipped, and taken no second time when it is sent again. What was taken is counted by asking the node. Prints what each
// sender could do, and exits 1 when one could not do something.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { sign, verify } from '@octokit/webhooks-methods';
import bolt from '@slack/bolt';
import { CloudEvent, HTTP } from 'cloudevents';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';

const require = createRequire(import.meta.url);
const [base, operator] = process.argv.slice(2);
const atOnce = 8;

async function rest(operation, input) {
  const answer = await fetch(`${base}/api/v1/op/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${operator}` },
    body: JSON.stringify(input),
  });
  const body = await answer.json();
  assert.ok(answer.ok, JSON.stringify(body));
  return body;
}

async function post(source, { body, headers }) {
  const answer = await fetch(`${base}/webhooks/${source}`, { method: 'POST', headers, body });
  return { status: answer.status, text: await answer.text() };
}

/** The body with one bit of one byte changed; which byte differs from call to call. */
let turn = 0;
function flipped(body) {
  const bytes = Buffer.from(body);
  turn += 7919;
  bytes[turn % bytes.length] ^= 1;
  return bytes;
}

/** What is not proven is answered 401, and 429 when that came too often. */
const refusals = new Set([401, 429]);

/** Sends what was signed with a byte flipped, as it is, and again. Slack is answered 200 and nothing else, whatever was taken. */
async function deliver(source, request, bare = false) {
  const forged = await post(source, { ...request, body: flipped(request.body) });
  assert(refusals.has(forged.status), `flipped: ${forged.status} ${forged.text}`);
  const first = await post(source, request);
  assert.equal(first.status, bare ? 200 : 202, `first: ${first.status} ${first.text}`);
  const again = await post(source, request);
  assert.equal(again.status, 200, `again: ${again.status} ${again.text}`);
  const told = (answer) => (bare ? answer.text : JSON.parse(answer.text).webhooks.map((one) => one.id));
  assert.deepEqual(told(again), told(first));
}

async function each(items, work) {
  const left = items[Symbol.iterator]();
  const worker = async () => { for (const item of left) await work(item); };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** What the node says that it took from a source, once all of it has its route. */
async function taken(source) {
  const late = Date.now() + 60_000;
  while ((await rest('get_source', { source })).waiting > 0) {
    assert.ok(Date.now() < late, `webhooks of ${source} still wait`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  const webhooks = [];
  for (let cursor; cursor !== null;) {
    const page = await rest('list_webhooks', { source, limit: 500, ...(cursor && { cursor }) });
    webhooks.push(...page.items);
    cursor = page.next;
  }
  assert.deepEqual([...new Set(webhooks.map((one) => one.status))], ['routed']);
  return webhooks;
}

async function events(source) {
  let count = 0;
  for (let cursor; cursor !== null;) {
    const page = await rest('list_events', { topic: `webhook.${source}.**`, limit: 500, ...(cursor && { cursor }) });
    count += page.items.length;
    cursor = page.next;
  }
  return count;
}

async function source(name, scheme, more = {}) {
  return (await rest('put_source', { name, scheme, ...more })).secret;
}

/** Every payload of every version of the server that the package holds. */
function examples() {
  const folder = require.resolve('@octokit/webhooks-examples/package.json').replace(/package\.json$/, '');
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'node_modules').flatMap((entry) => {
    const groups = JSON.parse(readFileSync(`${folder}${entry.name}/index.json`, 'utf8'));
    return groups.flatMap(({ name, examples: payloads }) => payloads.map((payload) => ({ name, payload })));
  });
}

const senders = {
  async GitHub() {
    const secret = await source('github', 'github');
    const all = examples();
    assert.ok(all.length > 300, `only ${all.length} payloads`);
    await each(all, async ({ name, payload }) => {
      const body = JSON.stringify(payload);
      const signature = await sign(secret, body);
      assert.ok(await verify(secret, body, signature));
      await deliver('github', { body, headers: { 'content-type': 'application/json', 'x-github-event': name, 'x-github-delivery': randomUUID(),
        'x-hub-signature-256': signature, 'user-agent': 'GitHub-Hookshot/check' } });
    });
    return all.length;
  },

  async Slack() {
    const secret = await source('slack', 'slack');
    const request = (body, type) => {
      const time = Math.floor(Date.now() / 1000);
      const headers = { 'content-type': type, 'x-slack-request-timestamp': time,
        'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}` };
      bolt.verifySlackRequest({ signingSecret: secret, body, headers });
      return { body, headers };
    };
    const challenge = request(JSON.stringify({ type: 'url_verification', token: 't', challenge: 'a challenge' }), 'application/json');
    const answered = await post('slack', challenge);
    assert.deepEqual([answered.status, JSON.parse(answered.text)], [200, { challenge: 'a challenge' }]);
    assert(refusals.has((await post('slack', { ...challenge, body: flipped(challenge.body) })).status));
    for (let n = 0; n < 20; n += 1) {
      await deliver('slack', request(JSON.stringify({ type: 'event_callback', event_id: `Ev${n}`, event: { type: 'app_mention', text: `no ${n}` } }),
        'application/json'), true);
      await deliver('slack', request(`command=%2Fdeploy&text=no+${n}&trigger_id=t${n}`, 'application/x-www-form-urlencoded'), true);
    }
    return 40;
  },

  async Stripe() {
    const secret = await source('stripe', 'stripe');
    const stripe = new Stripe('sk_test_of_nobody');
    for (let n = 0; n < 20; n += 1) {
      const body = JSON.stringify({ id: `evt_${n}`, object: 'event', type: 'charge.succeeded', data: { object: { id: `ch_${n}` } } });
      const header = stripe.webhooks.generateTestHeaderString({ payload: body, secret });
      assert.equal(stripe.webhooks.constructEvent(body, header, secret).id, `evt_${n}`);
      await deliver('stripe', { body, headers: { 'content-type': 'application/json', 'stripe-signature': header } });
    }
    return 20;
  },

  async Svix() {
    const secret = await source('svix', 'standard');
    const svix = new SvixWebhook(secret);
    for (let n = 0; n < 20; n += 1) {
      const body = JSON.stringify({ type: 'user.created', data: { n } });
      const at = new Date();
      await deliver('svix', { body, headers: { 'content-type': 'application/json', 'svix-id': `msg_${n}`,
        'svix-timestamp': String(Math.floor(at / 1000)), 'svix-signature': svix.sign(`msg_${n}`, at, body) } });
    }
    return 20;
  },

  async 'Standard Webhooks'() {
    const secret = await source('standard', 'standard');
    const webhook = new StandardWebhook(secret);
    const send = (signer, id, body) => {
      const at = new Date();
      return { body, headers: { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at / 1000)),
        'webhook-signature': signer.sign(id, at, body) } };
    };
    for (let n = 0; n < 20; n += 1) {
      await deliver('standard', send(webhook, `msg_${n}`, JSON.stringify({ type: 'task.finished', data: { n } })));
    }
    const { secret: next } = await rest('rotate_source_secret', { source: 'standard', overlap_seconds: 3600 });
    await deliver('standard', send(webhook, 'msg_old', '{"type":"with.the.old.secret"}'));
    await deliver('standard', send(new StandardWebhook(next), 'msg_new', '{"type":"with.the.new.secret"}'));
    return 22;
  },

  async CloudEvents() {
    // Signed as Standard Webhooks are: CloudEvents itself has no signature, and a token says nothing of the body.
    const signer = new StandardWebhook(await source('events', 'standard'));
    const signed = ({ headers, body }) => {
      const id = `msg_${randomUUID()}`;
      const at = new Date();
      return { body, headers: { ...headers, 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at / 1000)),
        'webhook-signature': signer.sign(id, at, body) } };
    };
    const event = (n) => new CloudEvent({ id: `e${n}`, source: '/checks', type: 'com.example.check', subject: 'é', data: { n, text: 'grün' } });
    for (let n = 0; n < 40; n += 1) await deliver('events', signed(HTTP.structured(event(n))));
    const batch = (events) => ({ headers: { 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events.map((one) => JSON.parse(HTTP.structured(one).body))) });
    await deliver('events', signed(batch([40, 41, 42].map(event))));
    const spoiled = JSON.parse(batch([43, 44].map(event)).body);
    delete spoiled[1].source;
    assert.equal((await post('events', signed({ ...batch([]), body: JSON.stringify(spoiled) }))).status, 400);
    const token = await source('bearer', 'cloudevents');
    const bare = HTTP.structured(event(0));
    const withToken = (value, { body, headers } = bare) => ({ body, headers: { ...headers, authorization: `Bearer ${value}` } });
    assert(refusals.has((await post('bearer', withToken(flipped(token).toString()))).status));
    assert.equal((await post('bearer', withToken(token))).status, 202);
    // Attributes that are headers are not signed by anything: these come with a token.
    for (let n = 0; n < 20; n += 1) assert.equal((await post('bearer', withToken(token, HTTP.binary(event(n))))).status, n === 0 ? 200 : 202);
    return 43;
  },
};

const sources = { GitHub: 'github', Slack: 'slack', Stripe: 'stripe', Svix: 'svix', 'Standard Webhooks': 'standard', CloudEvents: 'events' };
let failed = false;
for (const [name, send] of Object.entries(senders)) {
  const began = Date.now();
  try {
    const sent = await send();
    const webhooks = await taken(sources[name]);
    assert.equal(webhooks.length, sent, `${webhooks.length} were taken of ${sent}`);
    assert.equal(new Set(webhooks.map((one) => one.made.event_id)).size, sent, 'each is an event of its own');
    // An event is listed once it has its position, a moment after its commit.
    const late = Date.now() + 10_000;
    while (await events(sources[name]) < sent && Date.now() < late) await new Promise((resolve) => { setTimeout(resolve, 50); });
    assert.equal(await events(sources[name]), sent, 'events that can be listed');
    console.log(`ok   ${name}: ${sent} taken once each, refused with a byte flipped, harmless when sent again (${Date.now() - began} ms)`);
  } catch (failure) {
    failed = true;
    console.log(`FAIL ${name}: ${failure.stack ?? failure}`);
  }
}
process.exit(failed ? 1 : 0);
