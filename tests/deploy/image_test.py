#!/usr/bin/env python3
"""The scripts of the image: what keeps a container, and what asks it for its health."""

import http.server
import signal
import socket
import subprocess
import threading
import unittest

import support

IMAGE = support.DEPLOY / "image"
PATIENCE = 20


def hold(*command):
    return subprocess.Popen([IMAGE / "hold-on-fatal", *command], text=True, stderr=subprocess.PIPE,
                            stdout=subprocess.PIPE)


class HoldOnFatal(unittest.TestCase):
    def test_other_ends_are_passed_on_for_the_engine_to_restart(self):
        for code in (0, 1, 69, 70, 75):
            process = hold("bash", "-c", f"exit {code}")
            process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, code)

    def test_an_end_that_a_restart_does_not_cure_holds_the_container(self):
        for code in (64, 65, 74, 77, 78):
            process = hold("bash", "-c", f"exit {code}")
            said = process.stderr.readline()
            self.assertIn(f"code {code}", said)
            self.assertIsNone(process.poll())
            process.terminate()
            process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, code)

    def test_a_stop_reaches_the_program_and_its_code_comes_back(self):
        for stop in (signal.SIGTERM, signal.SIGINT):
            process = hold("bash", "-c", 'trap "exit 9" TERM; echo ready; while :; do read -t 1; done')
            self.assertEqual(process.stdout.readline(), "ready\n")
            process.send_signal(stop)
            process.communicate(timeout=PATIENCE)
            self.assertEqual(process.returncode, 9)

    def test_a_stop_that_ends_in_a_fatal_code_does_not_hold(self):
        process = hold("bash", "-c", 'trap "exit 74" TERM; echo ready; while :; do read -t 1; done')
        process.stdout.readline()
        process.terminate()
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 74)


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/livez" else 503)
        self.end_headers()
        self.wfile.write(b"told by " + self.path.encode())

    def log_message(self, *_):
        pass


class Healthcheck(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.addCleanup(self.server.server_close)
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.shutdown)
        self.port = str(self.server.server_port)

    def check(self, *arguments):
        return subprocess.run([IMAGE / "healthcheck", *arguments], text=True, capture_output=True,
                              timeout=PATIENCE, check=False)

    def test_200_is_healthy(self):
        checked = self.check(self.port, "/livez")

        self.assertEqual(checked.returncode, 0)
        self.assertEqual(checked.stdout, "told by /livez\n")

    def test_any_other_answer_is_not_and_is_shown(self):
        checked = self.check(self.port)

        self.assertNotEqual(checked.returncode, 0)
        self.assertEqual(checked.stdout, "told by /readyz\n")

    def test_nobody_there_is_not_healthy(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            checked = self.check(str(unused.getsockname()[1]))

        self.assertNotEqual(checked.returncode, 0)


if __name__ == "__main__":
    unittest.main()
