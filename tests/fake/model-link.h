/* One connection of the model server: TLS, lines in, lines out, what the hook and the counters see of them.  Belongs to the
 * thread of the connection, but for the wake functions. */
#pragma once

#include <stdio.h>

#include "fake-certificates.h"
#include "model-server.h"
#include "model-world.h"

G_BEGIN_DECLS

typedef struct _ModelLink ModelLink;

/* What the links of a server share; defined in model-server.c. */
typedef struct
{
  ModelWorld world;

  GMutex lock; /* of what follows */
  char *capabilities, *smtp_capabilities;
  guint64 size_limit;
  gboolean files_sent;
  FakeCertificate certificate;
  guint delay_ms;
  ModelHook hook;
  gpointer hook_data;
  guint64 lines;
  ModelCounters counters;
  FILE *trace;
} ModelShared;

/* Takes the descriptor.  `stop_fd`: readable when the server stops. */
ModelLink *model_link_new (ModelShared *shared, ModelProtocol protocol, guint number, int fd);
void model_link_free (ModelLink *link);
/* FALSE: the client is gone. */
gboolean model_link_shake_hands (ModelLink *link);

/* One line without its CRLF, to be freed; NULL when the connection is over.  What was said before is sent first, unless
 * more commands are already there.  `command`: it begins one; asks the hook, and when that gives an answer *answer has it. */
char *model_link_read_line (ModelLink *link, gboolean command, char **answer);
gboolean model_link_read_bytes (ModelLink *link, gsize length, GString *into);
/* TRUE: a line can be read, or the connection is over.  FALSE: model_link_wake () was called. */
gboolean model_link_wait (ModelLink *link);

/* A whole response, literals included; CRLF is added. */
void model_link_say (ModelLink *link, const char *format, ...) G_GNUC_PRINTF (2, 3);
void model_link_say_bytes (ModelLink *link, const char *data, gsize length);
/* The end of SMTP's DATA: a line of its own for the hook, as a command is.  FALSE: the connection is over. */
gboolean model_link_end_text (ModelLink *link, char **answer);
/* Tells the hook that the last command has been carried out. */
void model_link_done (ModelLink *link);
gboolean model_link_flush (ModelLink *link);
/* What was said so far goes out as it is; all that follows is deflated, both ways (RFC 4978). */
void model_link_start_compression (ModelLink *link);
gboolean model_link_is_over (ModelLink *link);
/* After what was said is sent, nothing more. */
void model_link_close (ModelLink *link);

/* The socket closes now; the link itself stays until it is freed. */
void model_link_hang_up (ModelLink *link);

/* ---- any thread ---- */
void model_link_wake (ModelLink *link);
/* Closes it under the thread's feet. */
void model_link_cut (ModelLink *link);

/* What the threads of the connections run. */
void model_imap_run (ModelShared *shared, ModelLink *link);
void model_smtp_run (ModelShared *shared, ModelLink *link);

G_END_DECLS
