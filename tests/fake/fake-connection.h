/* One connection of the scripted server, in its own thread: the bytes, in clear or in TLS, with the faults of its script; no steps. */
#pragma once

#include "fake-server.h"

#include <gnutls/gnutls.h>
#include <zlib.h>

#include "fake-script.h"

#define FAKE_PATIENCE_MS 30000

typedef struct
{
  GPtrArray *steps; /* Owned */
  FakeFaults faults;
} FakeTranscript;

typedef struct
{
  FakeServer *server;     /* Borrowed */
  FakeTranscript *script; /* Borrowed */
  guint index;
  GThread *thread; /* Owned */

  /* Used by the thread alone. */
  int fd;               /* Owned */
  gnutls_session_t tls; /* Owned, NULL in clear */
  gboolean deflated;
  z_stream inflater, deflater; /* only when deflated */
  GHashTable *names;           /* Owned: what $names stand for */
  GHashTable *set;             /* Owned: words */
  GByteArray *in;              /* Owned: came and not yet compared */
  gsize literal;               /* announced by the last line */
  gboolean has_literal;
  GBytes *between;  /* Owned: for the next handshake, NULL: nothing */
  gboolean spoke;   /* in this handshake */
  gboolean serving; /* by rules: the client may go at any time */
  gboolean over;    /* the connection ended as the script or a fault wished, or failed */

  /* Under the lock of the server. */
  GByteArray *received; /* Owned */
  GByteArray *wire;     /* Owned */
  guint64 sent;
  FakeTlsFacts facts;
  char *failure; /* Owned */
  gboolean played;
} FakeConnection;

struct _FakeServer
{
  FakeMode mode;
  FakeCertificate certificate;
  char *priority; /* Owned */
  FakeTlsWishes wishes;
  gnutls_datum_t ticket_key; /* Owned */
  int listener;              /* Owned */
  int stop_fd;               /* Owned */
  guint16 port;
  GThread *thread; /* Owned */

  GMutex lock;
  GCond changed;
  GPtrArray *scripts;     /* Owned */
  GPtrArray *connections; /* Owned */
  GHashTable *blobs;      /* Owned: name -> GBytes */
  guint unexpected;       /* connections without a script */
  gboolean gate_open;
  guint marks; /* how many were passed */
};

/* Keeps a sentence, the first one, and ends the connection; `step` nullable. */
void fake_connection_fail (FakeConnection *connection, const FakeStep *step, const char *format,
                           ...) G_GNUC_PRINTF (3, 4);
/* One mark more was reached. */
void fake_connection_pass_mark (FakeServer *server);
/* FALSE: it failed, and that is kept. */
gboolean fake_connection_shake_hands (FakeConnection *connection, const FakeStep *step);
/* The client gets everything that was sent, then the end of the stream without close_notify. */
void fake_connection_cut (FakeConnection *connection);
/* From here on, both ways. */
void fake_connection_start_deflate (FakeConnection *connection);
/* More bytes of the client into `in`.  FALSE when it closed, or a fault ended the connection (`over`). */
gboolean fake_connection_receive (FakeConnection *connection);
void fake_connection_send (FakeConnection *connection, const FakeStep *step, GBytes *bytes);

/* fake-play.c: the whole script; of a thread. */
gpointer fake_connection_play (gpointer connection);
