/* What being in step cost on the wire, read from the engine's own protocol trace (base-log.h). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  /* How often somebody had to wait for an answer before the next command could go out: the longest chain of commands each of which
   * was sent when the answer to the one before it was there.  As many round trips a slow link makes it wait. */
  guint round_trips;
  guint64
      octets; /* of the protocol, both ways, as they are on the wire (compressed, where they were) */
  /* The same until the server has been asked to go on telling of all folders by itself, too (NOTIFY), where that is asked for when all
   * is in step.  TRUE in `watching`: it was. */
  guint64 watching_octets;
  gboolean watching;
  gint64
      waited; /* while some command was not answered: the round trips, with the server's own time */
  gint64 us;  /* how long it took */
} WireCost;

/* From "signed in" to "in step", on the last connection that came so far.  FALSE: there is none.  *talk (nullable): its lines in
 * between, for messages. */
gboolean wire_cost_of_trace (const char *trace, WireCost *cost, char **talk);

G_END_DECLS
