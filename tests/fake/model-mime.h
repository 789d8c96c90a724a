/* The parts of a message as the model server sees them: enough of MIME for BODYSTRUCTURE and numbered sections.  Written for
 * itself, so that what the program makes of a message is compared with something else than itself. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ModelPart ModelPart;

/* Of a whole message; the bytes have to live as long. */
ModelPart *model_part_new (GBytes *message) G_GNUC_WARN_UNUSED_RESULT;
void model_part_free (ModelPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ModelPart, model_part_free)

/* The value of BODYSTRUCTURE. */
void model_part_append_structure (ModelPart *part, GString *out);
/* Appends what "2.1" or "2.1.MIME" is; `decoded`: without its transfer encoding.  FALSE: there is no such part. */
gboolean model_part_append (ModelPart *part, const char *section, gboolean decoded, GString *out);

G_END_DECLS
