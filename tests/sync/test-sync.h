/* The groups of tests of the sync layer that need no real server; each adds its own cases.  Those with a real one: tests/live. */
#pragma once

void test_advice_add (void);
void test_again_add (void);
void test_board_add (void);
void test_operation_rules_add (void);
void test_incoming_add (void);
void test_kept_add (void);
void test_operations_add (void);
void test_plan_add (void);
void test_providers_add (void);
void test_roles_add (void);
void test_verify_add (void);
void test_watch_add (void);
void test_without_add (void);
void test_worker_add (void);
