package io.agentbus.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A promise that takes a {@link Life} and is kept through every door, with the same answers. */
@TestTemplate
@ExtendWith(EveryDoor.class)
@Timeout(30)
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface ThroughEveryDoor {}
