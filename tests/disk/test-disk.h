/* One engine on one profile that can be made to fail, and a model server with twelve messages for it. */
#pragma once

#include "engine-driver.h"
#include "model-server.h"

typedef struct _DiskRoom DiskRoom;

DiskRoom *disk_room_new (void) G_GNUC_WARN_UNUSED_RESULT;
void disk_room_free (DiskRoom *room);
gboolean disk_room_start (DiskRoom *room);
void disk_room_stop (DiskRoom *room);
void disk_room_kill (DiskRoom *room);
EngineDriver *disk_room_get_engine (DiskRoom *room);
const char *disk_room_get_profile (DiskRoom *room);
ModelServer *disk_room_get_server (DiskRoom *room);
void disk_check_sentence (DiskRoom *room, const char *refused);
/* All messages with their bodies are here. */
gboolean disk_is_synced (DiskRoom *room);

void test_damage_add (void);
