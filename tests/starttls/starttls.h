/* The suite of what can be done to a connection before it is encrypted, and to its encryption: a table of attacks, each in every
 * segmentation that makes a difference.
 *
 * Whatever an attacker says in clear has the word "evil" in it, so that it can be looked for: in errors, in what is logged, in the
 * database.  What the client must not say in clear is looked for in all that came over the wire. */
#pragma once

#include "engine-told.h"
#include "fake-server.h"
#include "net-sasl.h"

G_BEGIN_DECLS

#define STARTTLS_USER     "tim.private@starttls.test"
#define STARTTLS_PASSWORD "tanstaaftanstaaf"
#define STARTTLS_MAIL     "Words that nobody else may read"

/* How what is said in clear is cut. */
typedef enum
{
  SEGMENT_SAME,    /* all that is said at one time in one segment */
  SEGMENT_OWN,     /* each line in one of its own, at once: before the client's ClientHello */
  SEGMENT_LATE,    /* the attacker's a moment later: behind it */
  SEGMENT_FLIGHTS, /* the attacker's between the flights of the handshake */
  SEGMENT_BYTES,   /* each octet */
} Segment;

/* Where the attacker's lines stand. */
typedef enum
{
  PLACE_GREETING, /* behind it */
  PLACE_OFFER,    /* in the answer to CAPABILITY or EHLO */
  PLACE_INSIDE,   /* before the answer to STARTTLS */
  PLACE_BEHIND,   /* behind it: what comes there is not to be read any more */
} Place;

/* What must become of it. */
typedef enum
{
  MUST_OPEN,    /* it is harmless, and nothing of it counts */
  MUST_REFUSE,  /* without a word about a password */
  MUST_DISTRUST /* the same, and for good: until a person has seen to it */
} Outcome;

/* All that the server says in clear, TEXT of the scripts, each with its CRLF. */
typedef struct
{
  char *greeting, *offer, *answer;
  char *between; /* of the flights of the handshake; nullable */
  char *late;    /* behind the answer, after a moment; nullable */
} StarttlsTalk;

void starttls_talk_clear (StarttlsTalk *talk);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StarttlsTalk, starttls_talk_clear)
/* Puts the line there. */
void starttls_talk_place (StarttlsTalk *talk, Place place, Segment segment, const char *line);
/* The steps by which one of its texts is said. */
void starttls_add_text (GString *script, const char *text, Segment segment);
/* All of it up to the handshake; `ask` and `start` are the client's words for the offer and STARTTLS, `inside` the rules behind it. */
char *starttls_script (const StarttlsTalk *talk, Segment segment, const char *ask,
                       const char *start, const char *inside) G_GNUC_WARN_UNUSED_RESULT;

/* One case: `run` gives NULL, or a sentence about what went wrong. */
typedef struct _StarttlsCase StarttlsCase;
struct _StarttlsCase
{
  char *name;
  char *(*run) (const StarttlsCase *test);
  gconstpointer attack;
  Segment segment;
  Place place;
  guint variant;
};

/* Adds "NAME/SEGMENT"; `name` is taken. */
void starttls_add (GPtrArray *cases, char *name, char *(*run) (const StarttlsCase *test),
                   gconstpointer attack, Segment segment, Place place, guint variant);
void starttls_add_imap (GPtrArray *cases);
void starttls_add_smtp (GPtrArray *cases);
void starttls_add_tls (GPtrArray *cases);
void starttls_add_engine (GPtrArray *cases);

extern const char *const starttls_segments[];
extern const NetLogin starttls_login;

/* ---- judging: NULL or a sentence ---- */

/* What came over each wire of the server so far. */
char *starttls_judge_wire (FakeServer *server);
/* What a person may get to see, what may be written down. */
char *starttls_judge_text (const char *where, const char *text);
char *starttls_judge_error (const GError *error, gboolean distrust);
/* Both, and the log since the case began. */
char *starttls_judge (FakeServer *server, const GError *error, Outcome outcome);
/* All files below it. */
char *starttls_judge_files (const char *folder);

G_END_DECLS
