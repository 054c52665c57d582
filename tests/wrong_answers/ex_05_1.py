"""Wrong answers to exercise 5.1, each with words of the message it meets."""

from types import SimpleNamespace

import torch
import torch.nn.functional as F

from colorattn.checks.training import Constant


def loss_of(model, batch):
    logits, _, _ = model(batch.image, batch.query)
    return F.cross_entropy(logits, batch.target)


def softmax_twice(model, batch):
    logits, _, _ = model(batch.image, batch.query)
    return F.nll_loss(logits.softmax(dim=1), batch.target)


def update(model, optimizer, batch, loss=loss_of, clear=True, step=True):
    """Make one step, and return the loss as a tensor."""
    if clear:
        optimizer.zero_grad()
    found = loss(model, batch)
    found.backward()
    if step:
        optimizer.step()
    return found


def loss_after(model, optimizer, batch):
    update(model, optimizer, batch)
    return loss_of(model, batch).item()


def own_rate(model, optimizer, batch):
    loss = update(model, optimizer, batch, step=False).item()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= 0.001 * parameter.grad
    return loss


WRONG = {
    "the weights have not changed": lambda *x: update(*x, step=False).item(),
    "return loss.item()": update,
    "the loss after the step": loss_after,
    "not of their softmax": lambda *x: update(*x, loss=softmax_twice).item(),
    "leave the learning rate to it": own_rate,
}
ADVERSARIAL = {
    "gradients of the first": lambda *x: update(*x, clear=False).item(),
}


def random_input(random):
    """Return what a check that looks at the loss alone would try."""
    model = Constant()
    batch = SimpleNamespace(
        image=torch.zeros(7, 3, 8, 8),
        query=torch.zeros(7, 1, 8, 8),
        target=torch.randint(3, (7,), generator=random),
    )
    return model, torch.optim.SGD(model.parameters(), lr=0.0), batch
