/* A scripted mail server for tests: plays one transcript per connection, over TLS or in clear, with faults.
 *
 * It listens on 127.0.0.1 and runs in threads of its own, so a test talks to it with the blocking code under
 * test.  The connections take the scripts in the order in which these were added; a connection for which there
 * is no script is a failure.  Build it with `fake_server_dep` (tests/fake/meson.build).
 *
 *   g_autoptr (FakeServer) server = fake_server_new (FAKE_TLS, FAKE_GOOD);
 *   fake_server_add_script (server, "S: * OK hello\n"
 *                                   "C: $tag CAPABILITY\n"
 *                                   "S: * CAPABILITY IMAP4rev1\n"
 *                                   "S: $tag OK done\n", NULL);
 *   NetEndpoint endpoint = fake_server_endpoint (server);
 *   ... talk, free the connection ...
 *   fake_server_check (server);
 *
 * A script is one step a line (leading blanks and empty lines are ignored, "#" begins a comment line):
 *
 *   S: TEXT    sends TEXT and CRLF
 *   S- TEXT    sends TEXT alone.  A lone "S-" is nothing
 *   B: NAME    sends the bytes set by fake_server_set_blob ()
 *   C: GLOB    reads one line (to CRLF; a bare LF or CR in it is a failure) and compares it
 *   L: GLOB    reads the literal that the last client line announced ({n}, {n+}, {n-}, or BDAT n) and compares
 *              it; what follows on the wire is the next C:
 *   D: GLOB    reads an SMTP message up to CRLF . CRLF and compares it as it was on the wire, without the final
 *              ".CRLF" (so it ends with CRLF)
 *   SCRAM: PREFIX FIRST MECHANISM USER PASSWORD FLAG [WISH …]
 *              goes on with SCRAM behind the client's first message (a $name), each line of ours behind PREFIX ("+", "334"); FLAG: p, y or n,
 *              as the client has to begin.  It ends with the client's answer to the proof, or to an "e=…" of ours, and whoever is right
 *              is told by the next S:.  A wrong beginning is a failure.  WISH: i=N (4096), mute (nothing is said to their proof), forged (our proof is wrong), elsewhere (we are
 *              the end of another connection), e=… (our last word whatever it says)
 *   TLS        shakes hands (after the S: that agrees to STARTTLS)
 *   BETWEEN: TEXT   of the next handshake: TEXT goes out in clear behind the first flight of the server
 *   RENEGOTIATE N   wishes so often for another handshake (or, from TLS 1.3 on, for other keys); 0: until the client goes
 *   DEFLATE    compresses from here on, both ways (after the S: that agrees to COMPRESS)
 *   WAIT MS    does nothing for so long
 *   GATE       waits until fake_server_open_gate ()
 *   MARK       has been reached: fake_server_wait_mark (); CLOSE and CUT are marks, too, when the other end can know
 *   STALL      stays silent until the client closes; not a failure
 *   EOF        expects the client to close now, without another byte
 *   CLOSE      closes properly (close_notify)
 *   CUT        closes without close_notify
 *   RESET      closes with a TCP reset
 *   QUIET MS   expects not a byte for so long
 *   SERVE      from here on answers by rules, until the client closes (which it may do at any time): the steps behind the first of these that fits its line
 *   ON: GLOB   begins a rule; its $names are new each time
 *   ONCE: GLOB the same, for the first line that fits alone
 *   SET: WORD  remembers the word; SET: !WORD forgets it
 *   WHEN: WORD the rules behind it are in force when that word was set; WHEN: alone ends it
 *
 * After the last step the client has to close, silently: more bytes are a failure (put STALL there to allow them).
 * TEXT and GLOB know the escapes \r \n \t \0 \\ \" \xHH (so "S: 220 go\r\nevil" injects); a blank at the end of the line
 * counts.  A line of the client that no rule fits is a failure.  In a GLOB `*` is any run of octets, `?` one octet, and [] are themselves; the compare respects case.
 * `$name` in a GLOB takes the octets up to the next blank or the end and keeps them; in a TEXT, or in a later GLOB, it
 * stands for them; `$$` is a dollar. */
#pragma once

#include "net-connection.h"

G_BEGIN_DECLS

typedef struct _FakeServer FakeServer;

typedef enum
{
  FAKE_TLS,   /* TLS from the first byte */
  FAKE_PLAIN, /* in clear, until a TLS step */
} FakeMode;

/* Signed by the CA of fake_server_get_ca_file () where nothing else is said, for localhost, 127.0.0.1 and ::1. */
typedef enum
{
  FAKE_GOOD,
  FAKE_EXPIRED,
  FAKE_FUTURE,
  FAKE_OTHER_HOST,      /* for other.example only */
  FAKE_COMMON_NAME,     /* localhost in the subject, no alternative names (RFC 9525 forbids) */
  FAKE_NAME_BY_ADDRESS, /* the same, and 127.0.0.1 as an alternative one */
  FAKE_IP_AS_NAME,      /* 127.0.0.1 as the name of a host */
  FAKE_NUL,             /* for localhost, NUL, .other.example */
  FAKE_WILDCARDS, /* *, *.example, *.example.org, mail.*.example.com, m*.example.net, *.*.example.edu */
  FAKE_REVOKED,         /* in the list of revoked ones that stands in the ca_file */
  FAKE_REVOKED_EXPIRED, /* the same, and expired */
  FAKE_PROVIDER,        /* for the hosts of well-known providers; see fake_resolver_install () */
  FAKE_SELF_SIGNED,
  FAKE_UNKNOWN_CA,
  FAKE_UNKNOWN_REVOKED, /* ... and its list of revoked ones, with this in it, is in the ca_file */
  FAKE_UNKNOWN_STAPLE_REVOKED, /* by one below it, with a staple that says so */
  FAKE_NO_AUTHORITY,           /* issued by a server */
  FAKE_OUT_OF_BOUNDS, /* ... by an authority for other.example alone (RFC 5280, 4.2.1.10) */
  FAKE_TOO_LONG,      /* ... by an authority below one that may have none below it */
  FAKE_OLD_AUTHORITY, /* ... by one that has expired */
  FAKE_PURPOSE,       /* for clients */
  FAKE_SMALL_KEY,     /* RSA, 1024 bits */
  FAKE_SHA1,
  FAKE_MD5,
  FAKE_TAMPERED,       /* one bit of its signature is wrong */
  FAKE_STAPLED,        /* must have an OCSP staple (RFC 7633), and has one */
  FAKE_STAPLE_REVOKED, /* with a staple that says so */
  FAKE_STAPLE_MISSING, /* must have one */
  FAKE_STAPLE_OLD,     /* has one that is out of date, and need not have one */
  FAKE_STAPLE_FORGED,  /* signed by another authority */
  FAKE_STAPLE_OTHER,   /* of another certificate */
  FAKE_STAPLE_BROKEN,  /* is none */
  FAKE_N_CERTIFICATES,
} FakeCertificate;

/* Faults of one connection; all zero but the cuts at -1 is none: start with FAKE_NO_FAULTS. Octets are those inside TLS. */
typedef struct
{
  gsize
      piece; /* sends in pieces of so many octets, each a TLS record or packet of its own; 0: whole steps */
  gint64 cut_out;   /* after so many octets sent: closes without close_notify; -1 never */
  gint64 cut_in;    /* after so many octets received: the same */
  gint64 stall_out; /* after so many octets sent: stays silent until the client closes; -1 never */
  guint
      slow_in; /* takes so many octets a second, and the kernel little more; 0: all there are (for a server
                       whose connections are all slow, or come before) */
} FakeFaults;

#define FAKE_NO_FAULTS ((FakeFaults){ .cut_out = -1, .cut_in = -1, .stall_out = -1 })

FakeServer *fake_server_new (FakeMode mode, FakeCertificate certificate) G_GNUC_WARN_UNUSED_RESULT;
/* Stops it, whatever it does.  Says nothing about the scripts: fake_server_check () does. */
void fake_server_free (FakeServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeServer, fake_server_free)

/* Copies both; `faults` NULL: none. */
void fake_server_add_script (FakeServer *server, const char *script, const FakeFaults *faults);
void fake_server_set_blob (FakeServer *server, const char *name, GBytes *bytes);
/* GnuTLS priority string of the server's side, before the first connection. */
void fake_server_set_priority (FakeServer *server, const char *priority);

/* What the server's side of TLS does besides; from the next connection on. */
typedef struct
{
  gboolean tickets; /* a session can be taken up again */
  const char *
      protocol; /* the only one it speaks (RFC 7301): with whoever names others there is no handshake; static */
  gboolean ask_client, need_client; /* for a certificate, which has to be signed by the CA */
} FakeTlsWishes;
void fake_server_set_wishes (FakeServer *server, const FakeTlsWishes *wishes);

/* How the handshake of the nth connection went, once something was said inside it. */
typedef struct
{
  gboolean resumed, early_data;
  const char *name; /* of the server, as the client asked for it; nullable, static, as the others */
  const char *protocol; /* agreed on */
  const char *client;   /* the common name in the client's certificate */
} FakeTlsFacts;
void fake_server_get_facts (FakeServer *server, guint connection, FakeTlsFacts *facts);

guint16 fake_server_get_port (FakeServer *server);
/* PEM file of the CA and its list of revoked certificates, the same for all servers of the process. */
const char *fake_server_get_ca_file (FakeServer *server);
/* 127.0.0.1, the port, security by mode, the ca_file, 5 s; strings borrowed. */
NetEndpoint fake_server_endpoint (FakeServer *server);

/* Waits (at most 5 s each) until every script was played to its end by a connection.  NULL, or a sentence about the first
 * that was not: "connection 0, step 3 “C: QUIT”: got “RSET”".  A connection that a fault or CUT ended counts as
 * played. */
char *fake_server_finish (FakeServer *server) G_GNUC_WARN_UNUSED_RESULT;
/* The same, and fails the test with that sentence. */
void fake_server_check (FakeServer *server);

/* What a script does, in order with what the test does.  The gate is the server's, and stays open. */
void fake_server_open_gate (FakeServer *server);
/* (blocks) Until a connection has passed one. */
void fake_server_wait_mark (FakeServer *server);

/* Connections accepted so far. */
guint fake_server_count_connections (FakeServer *server);
/* Everything the client sent on the nth connection so far (inside TLS, NUL-terminated besides); NULL if there was none. */
GBytes *fake_server_dup_received (FakeServer *server, guint connection) G_GNUC_WARN_UNUSED_RESULT;
/* The same as it was on the wire: what is inside TLS cannot be read there. */
GBytes *fake_server_dup_wire (FakeServer *server, guint connection) G_GNUC_WARN_UNUSED_RESULT;
/* Octets sent on the nth connection so far. */
guint64 fake_server_count_sent (FakeServer *server, guint connection);

G_END_DECLS
