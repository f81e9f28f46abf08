"""A wire between streaming and the broker that can be cut and made slow."""

import select
import socket
import threading
import time


class Wire:
    """Carries bytes both ways, without looking at them, from `port` to the broker's port."""

    def __init__(self, broker_port):
        self.broker_port = broker_port
        self.delay = 0.0  # seconds that each piece waits
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._pairs = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Resets every connection, as a router does that forgets them."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for end in (end for pair in pairs for end in pair):
            self._end(end)

    def close(self):
        self._listener.close()
        self.cut()

    @staticmethod
    def _end(end):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # its peer was faster
        end.close()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return  # closed
            try:
                far = socket.create_connection(("127.0.0.1", self.broker_port))
            except OSError:
                near.close()  # as when nobody listens
                continue
            with self._lock:
                self._pairs.add((near, far))
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near, far):
        other = {near: far, far: near}
        try:
            while True:
                for end in select.select([near, far], [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    if self.delay:
                        time.sleep(self.delay)  # the delay is what this wire is for
                    other[end].sendall(data)
        except (OSError, ValueError):
            return  # cut
        finally:
            for end in other:
                self._end(end)
            with self._lock:
                self._pairs.discard((near, far))
