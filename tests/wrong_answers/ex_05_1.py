"""Wrong answers to exercise 5.1, each with words of the message it meets."""

from types import SimpleNamespace

import torch
import torch.nn.functional as F

from colorattn.checks.training import Constant


def loss_of(model, batch):
    logits, _, _ = model(batch.image, batch.query)
    return F.cross_entropy(logits, batch.target)


def no_step(model, optimizer, batch):
    optimizer.zero_grad()
    loss = loss_of(model, batch)
    loss.backward()
    return loss.item()


def returns_a_tensor(model, optimizer, batch):
    optimizer.zero_grad()
    loss = loss_of(model, batch)
    loss.backward()
    optimizer.step()
    return loss


def loss_after(model, optimizer, batch):
    no_step(model, optimizer, batch)
    optimizer.step()
    return loss_of(model, batch).item()


def softmax_twice(model, optimizer, batch):
    optimizer.zero_grad()
    logits, _, _ = model(batch.image, batch.query)
    loss = F.nll_loss(logits.softmax(dim=1), batch.target)
    loss.backward()
    optimizer.step()
    return loss.item()


def own_rate(model, optimizer, batch):
    loss = no_step(model, optimizer, batch)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= 0.001 * parameter.grad
    return loss


def no_zero_grad(model, optimizer, batch):
    loss = loss_of(model, batch)
    loss.backward()
    optimizer.step()
    return loss.item()


WRONG = {
    "the weights have not changed": no_step,
    "return loss.item()": returns_a_tensor,
    "the loss after the step": loss_after,
    "not of their softmax": softmax_twice,
    "leave the learning rate to it": own_rate,
}
ADVERSARIAL = {"gradients of the first": no_zero_grad}


def random_input(random):
    """Return what a check that looks at the loss alone would try."""
    model = Constant()
    batch = SimpleNamespace(
        image=torch.zeros(7, 3, 8, 8),
        query=torch.zeros(7, 1, 8, 8),
        target=torch.randint(3, (7,), generator=random),
    )
    return model, torch.optim.SGD(model.parameters(), lr=0.0), batch
