// Shows the evidence page of one campaign and keeps it up to date. The address is /evidence#campaign=ID, or /evidence#campaign=ID&token=TOKEN:
// what stands behind the # stays in the browser, and the token is taken out of the address at once and kept for this tab only.
'use strict';

const POLL_MS = 5000;        // how often to ask when no event says that there is news
const GATHER_MS = 150;       // events that come together are one reason to ask
const GAP_MS = 1000;         // however many come, looks begin no closer together
const PATIENCE_MS = 20000;   // a look that has no answer by then is given up
const at = (id) => document.getElementById(id);
// Read aloud to who cannot see it, and so changed only when there is something to say.
const note = (text) => { if (at('note').textContent !== text) at('note').textContent = text; };

let campaign = '';
let token = '';
let tag = '';
let namespace = '';
let asked = null;            // the timer of the next look
let askedFor = 0;            // when that is
let looking = null;          // ends the look that is under way
let lookedAt = -GAP_MS;      // when the last one began
let following = null;        // ends the stream of events that is read now

function begin() {
  const given = new URLSearchParams(location.hash.slice(1));
  campaign = given.get('campaign') || campaign;
  if (given.has('token')) {
    sessionStorage.setItem('agentbus.token', given.get('token'));
    history.replaceState(null, '', '#campaign=' + encodeURIComponent(campaign));
  }
  token = sessionStorage.getItem('agentbus.token') || '';
  tag = '';
  namespace = '';
  rest();
  if (campaign && token) {
    at('ask').hidden = true;
    show();
  } else {
    ask('');
  }
}

function rest() {
  if (following) following.abort();
  if (looking) looking.abort();
  looking = null;
  clearTimeout(asked);
  asked = null;
}

function ask(why) {
  rest();
  note(why);
  at('campaign').value = campaign;
  at('ask').hidden = false;
}

function call(path, headers, signal) {
  return fetch(path, { headers: { ...headers, authorization: 'Bearer ' + token }, cache: 'no-store', signal });
}

async function show() {
  const mine = new AbortController();
  looking = mine;
  lookedAt = performance.now();
  const patience = setTimeout(() => mine.abort(new Error('It took too long.')), PATIENCE_MS);
  try {
    const answer = await call('/api/v1/campaigns/' + encodeURIComponent(campaign) + '/evidence.html', tag ? { 'if-none-match': tag } : {}, mine.signal);
    const text = await answer.text();
    if (looking !== mine) return;
    if (answer.status === 200) {
      tag = answer.headers.get('etag') || '';
      draw(text);
    } else if (answer.status !== 304) {
      const why = detail(text) || 'The node answers ' + answer.status + '.';
      if (answer.status === 401) sessionStorage.removeItem('agentbus.token');
      if (answer.status < 500 && answer.status !== 429) {
        ask(why);
        return;
      }
      throw new Error(why);
    }
    note('');
    at('looked').textContent = 'Up to date; looked at ' + new Date().toLocaleTimeString() + '.';
    follow();
  } catch (failure) {
    if (looking !== mine) return;
    note('The node does not answer; this is what was last heard. ' + failure.message);
    at('looked').textContent = '';
  } finally {
    clearTimeout(patience);
  }
  looking = null;
  again(POLL_MS);
}

function detail(problem) {
  try {
    return JSON.parse(problem).detail;
  } catch (other) {
    return '';
  }
}

// The next look is the earliest that anybody asked for: events, however many, never put it off.
function again(ms) {
  const when = Math.max(performance.now() + ms, lookedAt + GAP_MS);
  if (asked && askedFor <= when) return;
  clearTimeout(asked);
  askedFor = when;
  asked = setTimeout(() => {
    asked = null;
    if (looking) again(GATHER_MS); else show();
  }, when - performance.now());
}

// The document comes from the node with everything that agents wrote as text in it; scripts in it would not run here in any case.
function draw(html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  const main = fresh.querySelector('main');
  document.title = fresh.title;
  namespace = main.dataset.namespace;
  const open = new Set([...document.querySelectorAll('details[open]')].map((one) => one.id));
  const focused = document.activeElement.closest('details');
  at('page').replaceChildren(main);
  document.querySelectorAll('details').forEach((one) => { one.open = open.has(one.id); });
  if (focused && at(focused.id)) at(focused.id).querySelector('summary').focus({ preventScroll: true });
}

// Events are hints: whoever misses them looks again a little later.
async function follow() {
  if (following || !namespace) return;
  const mine = new AbortController();
  following = mine;
  try {
    const stream = await call('/api/v1/events/stream?namespace=' + encodeURIComponent(namespace + '/**'), {}, mine.signal);
    if (stream.ok) {
      const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        if (/^data:/m.test(part.value)) again(GATHER_MS);
      }
    }
  } catch (gone) {
    // The next look begins another one.
  } finally {
    if (following === mine) following = null;
  }
}

at('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem('agentbus.token', at('token').value.trim());
  at('token').value = '';
  const wanted = '#campaign=' + encodeURIComponent(at('campaign').value.trim());
  if (location.hash === wanted) begin(); else location.hash = wanted;
});
addEventListener('hashchange', begin);
begin();
