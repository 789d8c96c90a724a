/* What a server may do to us at worst, of IMAP and of SMTP. */
#pragma once

#include "hostile-server.h"

G_BEGIN_DECLS

typedef enum
{
  MUST_DROP, /* the connection */
  MAY_STAY,  /* lies that can be seen through: it works on, but must not run in circles */
} Expectation;

typedef struct
{
  const char *name;
  HostileFunc func;
  Expectation expectation;
  gboolean fresh;      /* hostile from the first connection on, with an empty profile */
  const char *command; /* nullable: for the engine, once the server is hostile */
  const char *capabilities;
  gboolean asks; /* SMTP: a person has to see to it */
  int state;     /* SMTP: what the outbox makes of it, a StoreOutboxState */
  gsize size;    /* SMTP: of the mail; 0: small */
} Attack;

extern const Attack hostile_imap_attacks[];
extern const gsize hostile_n_imap_attacks;
/* The same for the server that takes mail; `state`: what the outbox makes of a mail that it is sent. */
extern const Attack hostile_smtp_attacks[];
extern const gsize hostile_n_smtp_attacks;

G_END_DECLS
