// A session with the package as its authors wrote it: session.mjs PORT prints what came as JSON.
// NODE_EXTRA_CA_CERTS, which node reads when it starts, names the simulator's authority.

import {createRequire} from 'node:module';
import {join} from 'node:path';

const {CTraderConnection} =
    createRequire(join(process.env.DEPTHWIRE_NODE_PROJECT, 'x.js'))('@reiryoku/ctrader-layer');
const account = {ctidTraderAccountId: 1000001};
const wanted = 20;  // events of each kind

const connection = new CTraderConnection({host: '127.0.0.1', port: Number(process.argv[2])});
await connection.open();

/** Resolves with the descriptors of the first events of a kind. */
function events(name) {
  return new Promise((resolve) => {
    const seen = [];
    connection.on(name, (event) => {
      seen.push(event.descriptor);
      if (seen.length === wanted) resolve(seen);
    });
  });
}

const result = {};
const ask = async (name, data) => result[name] = await connection.sendCommand(name, data);

// Refused first: the package makes a rejection of the error.
result.refusal = await connection.sendCommand('ProtoOAApplicationAuthReq',
    {clientId: 'simulator', clientSecret: 'wrong'}).catch((error) => error);
await ask('ProtoOAApplicationAuthReq', {clientId: 'simulator', clientSecret: 'simulator-secret'});
await ask('ProtoOAGetAccountListByAccessTokenReq', {accessToken: 'simulator-token'});
await ask('ProtoOAAccountAuthReq', {...account, accessToken: 'simulator-token'});
await ask('ProtoOASymbolsListReq', account);
await ask('ProtoOASymbolByIdReq', {...account, symbolId: [1, 2]});
const spots = events('ProtoOASpotEvent');
const depth = events('ProtoOADepthEvent');
await ask('ProtoOASubscribeSpotsReq', {...account, symbolId: [1, 2], subscribeToSpotTimestamp: true});
await ask('ProtoOASubscribeDepthQuotesReq', {...account, symbolId: [1, 2]});
result.spots = await spots;
result.depth = await depth;
const last = Number(result.spots.at(-1).timestamp);
await ask('ProtoOAGetTrendbarsReq', {...account, symbolId: 1, period: 1,
  fromTimestamp: last - 3600000, toTimestamp: last + 3600000});
connection.close();
console.log(JSON.stringify(result));
