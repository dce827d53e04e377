// Shows the evidence page of one campaign and keeps it up to date. The address is /evidence#campaign=ID, or /evidence#campaign=ID&token=TOKEN:
// what stands behind the # stays in the browser, and the token is taken out of the address at once and kept for this tab only.
'use strict';

const POLL_MS = 5000;        // how often to ask when no event says that there is news
const GATHER_MS = 150;       // events that come together are one reason to ask
const at = (id) => document.getElementById(id);
const note = (text) => { at('note').textContent = text; };

let campaign = '';
let token = '';
let tag = '';
let namespace = '';
let asked = null;            // the timer of the next question
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
  if (following) following.abort();
  if (campaign && token) {
    at('ask').hidden = true;
    show();
  } else {
    ask('');
  }
}

function ask(why) {
  note(why);
  at('campaign').value = campaign;
  at('ask').hidden = false;
}

function call(path, headers, signal) {
  return fetch(path, { headers: { ...headers, authorization: 'Bearer ' + token }, cache: 'no-store', signal });
}

async function show() {
  clearTimeout(asked);
  const wanted = campaign;
  try {
    const answer = await call('/api/v1/campaigns/' + encodeURIComponent(wanted) + '/evidence.html', tag ? { 'if-none-match': tag } : {});
    if (wanted !== campaign) return;
    if (answer.status === 200) {
      tag = answer.headers.get('etag') || '';
      draw(await answer.text());
    } else if (answer.status !== 304) {
      const problem = await answer.json().catch(() => ({}));
      if (answer.status === 401) sessionStorage.removeItem('agentbus.token');
      if (answer.status < 500 && answer.status !== 429) {
        ask(problem.detail || 'The node answers ' + answer.status + '.');
        return;
      }
      throw new Error(problem.detail || 'the node answers ' + answer.status);
    }
    note('Up to date; looked at ' + new Date().toLocaleTimeString() + '.');
    follow();
  } catch (failure) {
    note('The node does not answer; this is what was last heard. ' + failure.message);
  }
  again(POLL_MS);
}

function again(ms) {
  clearTimeout(asked);
  asked = setTimeout(show, ms);
}

// The document comes from the node with everything that agents wrote as text in it; scripts in it would not run here in any case.
function draw(html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  const main = fresh.querySelector('main');
  document.title = fresh.title;
  namespace = main.dataset.namespace;
  const open = new Set([...document.querySelectorAll('details[open]')].map((one) => one.id));
  at('page').replaceChildren(main);
  document.querySelectorAll('details').forEach((one) => { one.open = open.has(one.id); });
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
