// The WebSocket to the gateway: comes back by itself.

const firstWait = 500;
const longestWait = 10000;

/**
 * Connects, and again whenever the connection ends: after half a second at first, then twice as
 * long each time up to ten seconds, with jitter so that many pages do not come at once.
 * `onMessage` is given each message, `onState` one of connecting, open, waiting.
 */
export function connect({streams, onMessage, onState}) {
  let wait = firstWait;

  function open() {
    onState('connecting');
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${location.host}/ws`);
    socket.addEventListener('open', () => {
      wait = firstWait;
      onState('open');
      socket.send(JSON.stringify({type: 'subscribe', streams}));
    });
    socket.addEventListener('message', (event) => onMessage(JSON.parse(event.data)));
    socket.addEventListener('close', () => {
      onState('waiting');
      setTimeout(open, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, longestWait);
    });
  }

  open();
}
