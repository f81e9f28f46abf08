// npm's @reiryoku/ctrader-layer, unchanged, over TLS against the simulator.

import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const patience = 30000;
const session = fileURLToPath(new URL('session.mjs', import.meta.url));

/** Starts a simulator that goes with the test `t`; gives its port and the file of its authority. */
async function startSimulator(t) {
  const state = await mkdtemp(join(tmpdir(), 'depthwire-npm-'));
  t.after(() => rm(state, {recursive: true, force: true}));
  const child = spawn(join(process.env.DEPTHWIRE_BIN, 'depthwire-sim'),
      ['--listen', '127.0.0.1:0', '--state', state, '--symbols', '2', '--rate', '100'],
      {stdio: ['ignore', 'pipe', 'inherit'],
        env: {...process.env, DEPTHWIRE_SIMULATOR_HEALTH: '127.0.0.1:0', DEPTHWIRE_RECORDING: ''}});
  const ended = new Promise((resolve) => child.on('exit', resolve));
  t.after(() => {
    child.kill('SIGTERM');
    return ended;
  });
  const port = await new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`the simulator does not listen:\n${text}`)), patience);
    ended.then((code) => reject(new Error(`the simulator ended with ${code}:\n${text}`)));
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = text.match(/^listening on 127\.0\.0\.1:(\d+)$/m);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1]);
    });
  });
  return {port, ca: join(state, 'ca.pem')};
}

const run = (port, variables) => promisify(execFile)(process.execPath, [session, port],
    {timeout: patience, env: {...process.env, ...variables}});

test('another client logs in, lists symbols, and gets spots, depth and bars', async (t) => {
  const {port, ca} = await startSimulator(t);

  const {stdout} = await run(port, {NODE_EXTRA_CA_CERTS: ca});

  const result = JSON.parse(stdout);
  assert.equal(result.refusal.errorCode, 'CH_CLIENT_AUTH_FAILURE');
  const [granted] = result.ProtoOAGetAccountListByAccessTokenReq.ctidTraderAccount;
  assert.equal(Number(granted.ctidTraderAccountId), 1000001);
  assert.equal(Number(result.ProtoOAAccountAuthReq.ctidTraderAccountId), 1000001);
  assert.deepEqual(result.ProtoOASymbolsListReq.symbol.map((symbol) => symbol.symbolName),
      ['EURUSD', 'GBPUSD']);
  for (const symbol of result.ProtoOASymbolByIdReq.symbol) assert.equal(symbol.digits, 5);
  for (const spot of result.spots) assert.ok(Number(spot.bid) > 0 || Number(spot.ask) > 0);
  // The book begins whole, then changes by ids.
  const ids = new Set();
  for (const event of result.depth) {
    for (const quote of event.newQuotes) {
      assert.ok((quote.bid === null) !== (quote.ask === null), 'exactly one side');
      ids.add(`${event.symbolId} ${quote.id}`);
    }
    for (const id of event.deletedQuotes) assert.ok(ids.delete(`${event.symbolId} ${id}`), 'a known quote');
  }
  const bars = result.ProtoOAGetTrendbarsReq.trendbar;
  assert.ok(bars.length > 0);
  for (const bar of bars) assert.ok(Number(bar.low) > 0 && Number(bar.volume) > 0);
});

test('a client that does not know the authority does not come in', async (t) => {
  const {port} = await startSimulator(t);

  await assert.rejects(run(port, {NODE_EXTRA_CA_CERTS: ''}));
});
