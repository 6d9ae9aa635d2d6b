"""Sends a request, renegotiates TLS with another certificate and sends the request again; prints both answers.

renegotiate.py PORT FIRST.pem SECOND.pem: Node's own client keeps its certificate.
"""

import ctypes
import socket
import sys

port, *certificates = sys.argv[1:]
PEM = 1
SET_MAX_PROTO_VERSION, TLS_1_2 = 124, 0x0303  # TLS 1.3 has no renegotiation
REQUEST = b"GET /certificate HTTP/1.1\r\nHost: localhost\r\n\r\n"

openssl = ctypes.CDLL("libssl.so.3")
for name in "TLS_client_method", "SSL_CTX_new", "SSL_new":
    getattr(openssl, name).restype = ctypes.c_void_p


def check(result):
    if result != 1:
        sys.exit("OpenSSL failed")


context = ctypes.c_void_p(openssl.SSL_CTX_new(ctypes.c_void_p(openssl.TLS_client_method())))
openssl.SSL_CTX_ctrl(context, SET_MAX_PROTO_VERSION, ctypes.c_long(TLS_1_2), None)
connection = socket.create_connection(("127.0.0.1", int(port)))
connection.setblocking(True)
tls = ctypes.c_void_p(openssl.SSL_new(context))
openssl.SSL_set_fd(tls, connection.fileno())
openssl.SSL_set_connect_state(tls)

for certificate in certificates:
    check(openssl.SSL_use_certificate_file(tls, certificate.encode(), PEM))
    check(openssl.SSL_use_PrivateKey_file(tls, certificate.encode(), PEM))
    if certificate != certificates[0]:
        check(openssl.SSL_renegotiate(tls))
    check(openssl.SSL_do_handshake(tls))
    openssl.SSL_write(tls, REQUEST, len(REQUEST))
    answer = ctypes.create_string_buffer(16384)
    openssl.SSL_read(tls, answer, len(answer) - 1)
    print(answer.value.decode().partition("\r\n")[0])
