// Starts the processes a test needs and stops exactly those.

import {spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const bin = process.env.DEPTHWIRE_BIN;
const patience = 20000;

/** Resolves with the first match of `pattern` in what the process writes to `stream`. */
function waitForLine(child, stream, pattern) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`no ${pattern} in:\n${text}`)), patience);
    child.on('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code} before ${pattern}:\n${text}`));
    });
    stream.on('data', (chunk) => {
      text += chunk;
      const found = text.match(pattern);
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
}

/** Ends `child` and waits until it has. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.on('exit', resolve));
  if (child.stdin) child.stdin.end();
  child.kill('SIGTERM');
  await ended;
}

/** A directory that is removed at the end of the test `t`. */
export async function temporaryDirectory(t) {
  const directory = await mkdtemp(join(tmpdir(), 'depthwire-browser-'));
  t.after(() => rm(directory, {recursive: true, force: true}));
  return directory;
}

/** Publishes a seeded market; gives the child and its `addresses` by service. */
export async function startFeed(t, directory, words = []) {
  const child = spawn(join(bin, 'depthwire-test-feed'), [join(directory, 'journals'), '1', '100', ...words],
      {stdio: ['pipe', 'pipe', 'inherit']});
  t.after(() => stop(child));
  const [line] = await waitForLine(child, child.stdout, /^\{.*\}$/m);
  return {child, addresses: JSON.parse(line)};
}

/** Starts the gateway on the feed's addresses; gives the child and the page's `url`. */
export async function startGateway(t, directory, addresses, {port = 0, settings = []} = {}) {
  const file = join(directory, 'gateway.yaml');
  const bus = Object.entries(addresses).map(([name, {publish, requests}]) =>
    `  ${name}:\n    publish: ${publish}\n    requests: ${requests}\n`).join('');
  await writeFile(file, 'environment: sim\n' +
    `gateway:\n  port: ${port}\n  health: 127.0.0.1:0\n` +
    settings.map((line) => `  ${line}\n`).join('') + `bus:\n${bus}`);
  const child = spawn(join(bin, 'depthwire-gateway'), ['--config', file],
      {stdio: ['ignore', 'inherit', 'pipe']});
  t.after(() => stop(child));
  const [, url] = await waitForLine(child, child.stderr, /The page is at (http:\S+)/);
  return {child, url};
}
