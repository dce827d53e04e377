// Receives the webhooks of one node as others do: node webhook-receivers.mjs BASE_URL OPERATOR_TOKEN. Prints what each
// library could do, and exits 1 when one could not do something.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import * as standard from 'standardwebhooks';
import * as svix from 'svix';

const [base, operator] = process.argv.slice(2);
const wait = 20_000;

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

/** A receiver that keeps what came, raw, and answers with one status after another, the last of them for good. */
async function receiver(...statuses) {
  const got = [];
  const waiting = [];
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(parts).toString('utf8') });
      response.writeHead(statuses[Math.min(got.length, statuses.length) - 1]).end('ok');
      waiting.splice(0).forEach((look) => look());
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${server.address().port}/hook`,
    async nth(n) {
      const late = Date.now() + wait;
      while (got.length < n) {
        assert.ok(Date.now() < late, `${got.length} of ${n} requests came`);
        await new Promise((resolve) => { waiting.push(resolve); setTimeout(resolve, 500); });
      }
      return got[n - 1];
    },
    close: () => server.close(),
  };
}

const libraries = [
  ['standardwebhooks', (secret) => new standard.Webhook(secret)],
  ['svix', (secret) => new svix.Webhook(secret)],
];

/** What every library is tried with; each has a subscription of its own. */
const checks = {
  async verifies({ open, topic, subscription, hook }) {
    await rest('emit_event', { topic, payload: { n: 1, text: 'grüße €' } });
    const { headers, body } = await hook.nth(1);
    const told = open(subscription.secret).verify(body, headers);
    assert.equal(told.type, topic);
    assert.deepEqual(told.data.payload, { n: 1, text: 'grüße €' });
    assert.ok(told.data.position > 0);
    assert.ok(!Number.isNaN(Date.parse(told.timestamp)));
  },
  async refusesTampering({ open, topic, subscription, hook }) {
    await rest('emit_event', { topic, payload: { amount: 1 } });
    const { headers, body } = await hook.nth(1);
    const library = open(subscription.secret);
    library.verify(body, headers);
    assert.throws(() => library.verify(body.replace('"amount":1', '"amount":9').replace('"amount": 1', '"amount": 9'), headers));
    assert.throws(() => library.verify(body, { ...headers, 'webhook-id': 'another' }));
    assert.throws(() => library.verify(body, { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }));
    assert.throws(() => open(`whsec_${Buffer.alloc(32, 7).toString('base64')}`).verify(body, headers));
  },
  async rotates({ open, topic, subscription, hook }) {
    const both = await rest('rotate_subscription_secret', { subscription_id: subscription.id });
    await rest('emit_event', { topic, payload: {} });
    const first = await hook.nth(1);
    open(subscription.secret).verify(first.body, first.headers);
    open(both.secret).verify(first.body, first.headers);
    const one = await rest('rotate_subscription_secret', { subscription_id: subscription.id, overlap_seconds: 0 });
    await rest('emit_event', { topic, payload: {} });
    const second = await hook.nth(2);
    open(one.secret).verify(second.body, second.headers);
    assert.throws(() => open(both.secret).verify(second.body, second.headers));
    assert.throws(() => open(subscription.secret).verify(second.body, second.headers));
  },
  async retries({ open, topic, subscription, hook }) {
    await rest('emit_event', { topic, payload: {} });
    const tries = [await hook.nth(1), await hook.nth(2), await hook.nth(3)];
    tries.forEach(({ headers, body }) => open(subscription.secret).verify(body, headers));
    assert.equal(new Set(tries.map(({ headers }) => headers['webhook-id'])).size, 1);
  },
  async pings({ open, subscription, hook }) {
    const pinged = await rest('ping_subscription', { subscription_id: subscription.id });
    const { headers, body } = await hook.nth(1);
    assert.equal(open(subscription.secret).verify(body, headers).type, 'subscription.ping');
    assert.equal(pinged.delivered, true);
    assert.equal(pinged.status_code, 200);
  },
};

let failed = 0;
const rows = [];
for (const [package_, open] of libraries) {
  const row = { library: package_ };
  for (const [what, check] of Object.entries(checks)) {
    const topic = `${package_}.${what.toLowerCase()}`;
    const hook = what === 'retries' ? await receiver(500, 429, 200) : await receiver(200);
    try {
      const subscription = await rest('subscribe', { topic, to: 'webhook', url: hook.url });
      await check({ open, topic, subscription, hook });
      row[what] = 'ok';
    } catch (error) {
      failed += 1;
      row[what] = 'FAILED';
      console.log(`FAILED: ${package_}, ${what}: ${error?.stack ?? error}`);
    } finally {
      hook.close();
    }
  }
  rows.push(row);
}
console.table(rows);
process.exit(failed === 0 ? 0 : 1);
